package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;

/**
 * A strategy that lets the model take a question apart into simpler ones, answer them in their order, each with the
 * answers before it, and then the question (Zhou et al. 2023, "Least-to-Most Prompting Enables Complex Reasoning in
 * Large Language Models").
 *
 * <p>The model writes all of it as the beginning of its turn: numbered questions, then each with its answer, in calls
 * of one line each, decoded greedily whatever the request's options, without its constraint, which counts for the
 * answer alone. {@link dev.llmadapt.Generation#reasoning()} is what was written; it is empty where the model gave no
 * simpler questions, and then the answer is that without this strategy. Usage and timings are those of all calls.
 *
 * @param steps the most questions, in [1, 20]
 * @param lineTokens the most tokens of a question or an answer to one, at least 1
 */
public record LeastToMost(int steps, int lineTokens) implements Strategy {
    private static final LeastToMost DEFAULTS = new LeastToMost(4, 64);
    private static final int MOST_STEPS = 20;

    /** Refuses numbers out of range. */
    public LeastToMost {
        requireSteps(steps, lineTokens);
    }

    /** At most four questions, and 64 tokens a line. */
    public static LeastToMost defaults() {
        return DEFAULTS;
    }

    /** This strategy with another number of questions. */
    public LeastToMost withSteps(int steps) {
        return new LeastToMost(steps, lineTokens);
    }

    /** This strategy with another length of lines. */
    public LeastToMost withLineTokens(int lineTokens) {
        return new LeastToMost(steps, lineTokens);
    }

    static void requireSteps(int steps, int lineTokens) {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new IllegalArgumentException("steps must be in [1, " + MOST_STEPS + "], steps: " + steps);
        }
        if (lineTokens < 1) {
            throw new IllegalArgumentException("lineTokens must be at least 1, lineTokens: " + lineTokens);
        }
    }

    @Override
    public String name() {
        return "least-to-most";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return new LeastToMostModel(model, this);
    }
}
