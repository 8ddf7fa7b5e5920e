package dev.llmadapt.prompting.search;

import java.time.Duration;
import java.util.Locale;

/**
 * The bound of a search: no call begins when one of its parts is used up. A call is one request to a model, to score or
 * to write; of a search that was stopped and goes on, all its calls count.
 *
 * @param calls the most calls; {@link Integer#MAX_VALUE} for no bound
 * @param tokens the most tokens read and written; {@link Long#MAX_VALUE} for no bound. The last call may exceed it
 * @param time the most time of calls; {@link #NO_TIME} for no bound. The last call may exceed it
 */
public record SearchBudget(int calls, long tokens, Duration time) {
    /** No bound of time. */
    public static final Duration NO_TIME = Duration.ofDays(36_500);

    /** Refuses a bound below 1, and none at all. */
    public SearchBudget {
        if (calls < 1 || tokens < 1 || time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(
                    "a budget must be positive, calls: " + calls + ", tokens: " + tokens + ", time: " + time);
        }
        if (calls == Integer.MAX_VALUE && tokens == Long.MAX_VALUE && time.compareTo(NO_TIME) >= 0) {
            throw new IllegalArgumentException("a search needs a bound of calls, tokens or time, got none");
        }
    }

    /** At most so many calls, at least 1. */
    public static SearchBudget calls(int calls) {
        return new SearchBudget(calls, Long.MAX_VALUE, NO_TIME);
    }

    /** Calls until so many tokens were read and written, at least 1. */
    public static SearchBudget tokens(long tokens) {
        return new SearchBudget(Integer.MAX_VALUE, tokens, NO_TIME);
    }

    /** Calls until they took so long, more than 0. */
    public static SearchBudget time(Duration time) {
        return new SearchBudget(Integer.MAX_VALUE, Long.MAX_VALUE, time);
    }

    /** This budget with a bound of calls. */
    public SearchBudget withCalls(int calls) {
        return new SearchBudget(calls, tokens, time);
    }

    /** This budget in words. */
    @Override
    public String toString() {
        StringBuilder words = new StringBuilder();
        if (calls < Integer.MAX_VALUE) {
            words.append(calls).append(" calls");
        }
        if (tokens < Long.MAX_VALUE) {
            words.append(words.isEmpty() ? "" : ", ").append(tokens).append(" tokens");
        }
        if (time.compareTo(NO_TIME) < 0) {
            words.append(words.isEmpty() ? "" : ", ")
                    .append(String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0));
        }
        return words.toString();
    }
}
