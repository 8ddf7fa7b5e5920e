package dev.llmadapt.prompting.search;

import dev.llmadapt.Progress;
import java.io.Serial;
import java.time.Duration;
import java.util.concurrent.CancellationException;

/** The count of what calls took, and the bound on it. For one thread. */
final class Ledger {
    private static final long PARTS = 1_000;

    private final SearchBudget budget;
    private final String stage;
    private final Progress progress;
    private int calls;
    private long tokens;
    private long nanos;

    Ledger(SearchBudget budget, String stage, Progress progress) {
        this.budget = budget;
        this.stage = stage;
        this.progress = progress;
    }

    /** The signal that the budget is used up. */
    static final class Spent extends Exception {
        @Serial
        private static final long serialVersionUID = 1L;

        Spent() {
            super(null, null, false, false);
        }
    }

    /**
     * Asks for leave to make a call.
     *
     * @throws Spent if the budget is used up
     * @throws CancellationException if the thread is interrupted
     */
    void begin() throws Spent {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the search was interrupted after " + calls
                    + " calls; with a journal the same search goes on from there");
        }
        if (share() >= 1) {
            throw new Spent();
        }
    }

    /** Counts a call. */
    void add(long callTokens, long callNanos) {
        calls++;
        tokens += callTokens;
        nanos += callNanos;
        if (budget.calls() < Integer.MAX_VALUE) {
            progress.report(stage, calls, budget.calls());
        } else {
            progress.report(stage, (long) (PARTS * Math.min(1, share())), PARTS);
        }
    }

    /** The share of the budget that is used, of the part that is used most; 1 where it is used up. */
    double share() {
        double byCalls = (double) calls / budget.calls();
        double byTokens = (double) tokens / budget.tokens();
        double byTime = (double) nanos / budget.time().toNanos();
        return Math.max(byCalls, Math.max(byTokens, byTime));
    }

    SearchReport.Cost cost() {
        return new SearchReport.Cost(calls, tokens, Duration.ofNanos(nanos));
    }
}
