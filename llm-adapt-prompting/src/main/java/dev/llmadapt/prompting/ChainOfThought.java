package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.Set;

/**
 * Lets the model think before it answers, in two calls (Kojima et al. 2022, "Large Language Models are Zero-Shot
 * Reasoners"): the first begins its turn with "Let's think step by step." and has it go on; the second appends "Therefore,
 * the answer is:" and has it answer, under the request's constraint if there is one.
 *
 * <p>The thoughts are decoded greedily whatever the request's options, so that {@link Model#generate generate},
 * {@link Model#score score} and {@link Model#prepare prepare} of one request rest on the same thoughts; each of them makes
 * the model think anew. They come back as {@link dev.llmadapt.Generation#reasoning()}; text, tokens and stream are the
 * answer's alone, usage and timings those of both calls. A request that ends with an assistant message has the beginning
 * of its answer there: it is put after the thoughts.
 *
 * @param trigger what begins the thoughts; may use {@code {labels}}, the choices of the request joined by a comma, and is
 *     then refused for requests without choices
 * @param answer what stands between thoughts and answer; may use {@code {labels}} too. The default ends with a line break
 *     and not a space because tokenisers join a space to the word after it
 * @param thoughtTokens the most tokens to think, at least 1
 */
public record ChainOfThought(PromptTemplate trigger, PromptTemplate answer, int thoughtTokens) implements Strategy {
    private static final ChainOfThought DEFAULTS = new ChainOfThought(
            new PromptTemplate("Let's think step by step."), new PromptTemplate("\nTherefore, the answer is:\n"), 96);

    /** Checks. */
    public ChainOfThought {
        trigger.require("trigger", Set.of("labels"), Set.of());
        answer.require("answer", Set.of("labels"), Set.of());
        if (thoughtTokens < 1) {
            throw new IllegalArgumentException("thoughtTokens must be at least 1, thoughtTokens: " + thoughtTokens);
        }
    }

    /** The words of the paper, at most 96 tokens of thoughts. */
    public static ChainOfThought defaults() {
        return DEFAULTS;
    }

    /** The same with other words before the thoughts. */
    public ChainOfThought withTrigger(PromptTemplate trigger) {
        return new ChainOfThought(trigger, answer, thoughtTokens);
    }

    /** The same with other words between thoughts and answer. */
    public ChainOfThought withAnswer(PromptTemplate answer) {
        return new ChainOfThought(trigger, answer, thoughtTokens);
    }

    /** The same with another limit of the thoughts. */
    public ChainOfThought withThoughtTokens(int thoughtTokens) {
        return new ChainOfThought(trigger, answer, thoughtTokens);
    }

    @Override
    public String name() {
        return "chain-of-thought";
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return new ThinkingModel(model, this);
    }
}
