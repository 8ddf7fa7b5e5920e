package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;

/**
 * A strategy that lets the model ask follow-up questions, answers each, and lets it answer when it has no more (Press
 * et al. 2023, "Measuring and Narrowing the Compositionality Gap in Language Models").
 *
 * <p>A follow-up question is asked in a request of its own, with the system message of the request: the layers inside
 * answer it, so that with retrieval inside, passages are looked for by it. Questions and their answers are lines of at
 * most so many tokens, decoded greedily whatever the request's options, without its constraint, which counts for the
 * answer alone. {@link dev.llmadapt.Generation#reasoning()} has them; it is empty where the model asked nothing, and
 * then the answer is that without this strategy. Usage and timings are those of all calls.
 *
 * @param steps the most follow-up questions, in [1, 20]
 * @param lineTokens the most tokens of a question or an answer to one, at least 1
 */
public record SelfAsk(int steps, int lineTokens) implements Strategy {
    private static final SelfAsk DEFAULTS = new SelfAsk(4, 64);

    /** Refuses numbers out of range. */
    public SelfAsk {
        LeastToMost.requireSteps(steps, lineTokens);
    }

    /** At most four questions, and 64 tokens a line. */
    public static SelfAsk defaults() {
        return DEFAULTS;
    }

    /** This strategy with another number of questions. */
    public SelfAsk withSteps(int steps) {
        return new SelfAsk(steps, lineTokens);
    }

    /** This strategy with another length of lines. */
    public SelfAsk withLineTokens(int lineTokens) {
        return new SelfAsk(steps, lineTokens);
    }

    @Override
    public String name() {
        return "self-ask";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return new SelfAskModel(model, this);
    }
}
