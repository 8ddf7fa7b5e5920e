package dev.llmadapt.local.decoding;

import dev.llmadapt.local.adapter.AdapterMix;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An answer under way. Its fields belong to the turn; {@code out}, {@code over}, {@code released} and {@code failure}
 * to the scheduler's lock.
 */
final class Sequence implements Waiting {
    final ArrayDeque<Step> out = new ArrayDeque<>(); // not taken by the owner yet
    CacheRows.@Nullable Slot slot;
    int pending; // the chosen token that the next step reads
    boolean placed; // its slot is cut to what can be reused
    boolean reading = true; // its prompt
    boolean over;
    boolean released; // by the owner

    @Nullable
    RuntimeException failure;

    private final int[] prompt;
    private final AdapterMix mix;
    private final int maxTokens;
    private final Chooser chooser;
    private final Report report;
    private final RequestTime time;
    private final PromptLookup lookup;
    private final DraftWait forcedWait = new DraftWait();
    private boolean draftIsForced;
    private int chosen;

    Sequence(int[] prompt, AdapterMix mix, int maxTokens, Chooser chooser, Report report, RequestTime time) {
        this.prompt = prompt;
        this.mix = mix;
        this.maxTokens = maxTokens;
        this.chooser = chooser;
        this.report = report;
        this.time = time;
        this.lookup = new PromptLookup(prompt);
    }

    /** The reason why there is no further token. */
    enum End {
        NONE,
        STOP,
        LENGTH,
        INTERRUPTED
    }

    /**
     * A step of an answer.
     *
     * @param end why it is over, {@link End#NONE} while it is not
     * @param id the token, or -1 where there is none
     * @param logProbability its log-probability, NaN when not asked for
     * @param likeliest the likeliest tokens in its place, as many as asked for
     */
    record Step(End end, int id, double logProbability, List<Likeliest.Entry> likeliest) {
        /** No token yet; the answer has begun. */
        static final Step BEGUN = over(End.NONE);

        static Step over(End end) {
            return new Step(end, -1, Double.NaN, List.of());
        }
    }

    /** Whether it has a row. */
    boolean begun() {
        return slot != null;
    }

    /** Whether the next step gives it a token. */
    boolean steps() {
        return !reading && !over;
    }

    CacheRows.Slot slot() {
        return Objects.requireNonNull(slot);
    }

    @Override
    public int[] prompt() {
        return prompt;
    }

    @Override
    public AdapterMix mix() {
        return mix;
    }

    @Override
    public int tokens() {
        return prompt.length + maxTokens;
    }

    @Override
    public RequestTime time() {
        return time;
    }

    /** The tokens read and chosen so far. */
    int length() {
        return prompt.length + chosen;
    }

    /** Ends it by a failure. */
    void fail(RuntimeException e) {
        failure = e;
        over = true;
    }

    Chooser chooser() {
        return chooser;
    }

    /**
     * Returns tokens that may come next, at most so many: those that the answer must go on with, or those that followed
     * where its last ones stood before.
     */
    int[] draft(int most) {
        int[] forced = forcedWait.over() && most > 0 ? chooser.forced(most) : new int[0];
        draftIsForced = forced.length > 0;
        return draftIsForced ? forced : lookup.draft(most);
    }

    /** Learns how many of the tokens of the last draft were right. */
    void tried(int drafted, int right) {
        if (draftIsForced) {
            forcedWait.tried(drafted, right);
        } else {
            lookup.tried(drafted, right);
        }
    }

    /** The most tokens of the answer. */
    int maxTokens() {
        return maxTokens;
    }

    /** The tokens that may still be chosen. */
    int left() {
        return maxTokens - chosen;
    }

    /** What its owner wants to know of its tokens. */
    Report report() {
        return report;
    }

    /** Ends it without a further token. */
    Step stop() {
        over = true;
        return Step.over(End.STOP);
    }

    /** Takes the chosen token, which may be its last. */
    Step take(int id, double logProbability, List<Likeliest.Entry> likeliest) {
        pending = id;
        chosen++;
        lookup.add(id);
        forcedWait.passed();
        End end = chooser.complete() ? End.STOP : chosen == maxTokens ? End.LENGTH : End.NONE;
        over = end != End.NONE;
        return new Step(end, id, logProbability, likeliest);
    }
}
