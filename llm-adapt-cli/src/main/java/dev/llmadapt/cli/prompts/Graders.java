package dev.llmadapt.cli.prompts;

import dev.llmadapt.Metric;

/**
 * What assertions are measured by that open a model.
 *
 * @param similarity the similarity of two texts, in [0, 1]
 * @param judge grades an answer by a rubric
 */
public record Graders(Metric similarity, RubricJudge judge) {
    /** A model that grades answers. */
    @FunctionalInterface
    public interface RubricJudge {
        /** The grade of an answer to a question by a rubric, in [0, 1]. */
        double grade(String rubric, String question, String answer);
    }
}
