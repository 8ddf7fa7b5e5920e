package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.Set;

/**
 * A strategy that lets the model think before it answers, in two calls (Kojima et al. 2022, "Large Language Models are
 * Zero-Shot Reasoners"). The first call begins the model's turn with "Let's think step by step." and lets it continue;
 * the second appends "Therefore, the answer is:" and lets it answer, under the request's constraint if there is one.
 *
 * <p>The thoughts are decoded greedily whatever the request's options, so that {@link Model#generate generate},
 * {@link Model#score score} and {@link Model#prepare prepare} of one request rest on the same thoughts; each of them
 * makes the model think anew. The thoughts are returned as {@link dev.llmadapt.Generation#reasoning()}; text, tokens
 * and stream are those of the answer alone, usage and timings those of both calls. If a request ends with an assistant
 * message, that message is the beginning of the answer and is put after the thoughts.
 *
 * @param trigger the text that begins the thoughts; may use {@code {labels}}, the choices of the request joined by a
 *     comma, and then requests without choices are refused
 * @param answer the text between thoughts and answer; may use {@code {labels}} too. The default ends with a line break
 *     and not a space because tokenisers join a space to the word after it
 * @param thoughtTokens the maximum number of tokens of thoughts, at least 1
 */
public record ChainOfThought(PromptTemplate trigger, PromptTemplate answer, int thoughtTokens) implements Strategy {
    private static final ChainOfThought DEFAULTS = new ChainOfThought(
            new PromptTemplate("Let's think step by step."), new PromptTemplate("\nTherefore, the answer is:\n"), 96);

    /** Refuses templates with other placeholders than {@code {labels}}, and a limit below 1. */
    public ChainOfThought {
        trigger.require("trigger", Set.of("labels"), Set.of());
        answer.require("answer", Set.of("labels"), Set.of());
        if (thoughtTokens < 1) {
            throw new IllegalArgumentException("thoughtTokens must be at least 1, thoughtTokens: " + thoughtTokens);
        }
    }

    /** The wording of the paper, with at most 96 tokens of thoughts. */
    public static ChainOfThought defaults() {
        return DEFAULTS;
    }

    /** This strategy with another text before the thoughts. */
    public ChainOfThought withTrigger(PromptTemplate trigger) {
        return new ChainOfThought(trigger, answer, thoughtTokens);
    }

    /** This strategy with another text between thoughts and answer. */
    public ChainOfThought withAnswer(PromptTemplate answer) {
        return new ChainOfThought(trigger, answer, thoughtTokens);
    }

    /** This strategy with another limit on the thoughts. */
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
