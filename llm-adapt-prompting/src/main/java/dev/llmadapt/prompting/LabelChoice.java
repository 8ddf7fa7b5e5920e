package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A strategy for choosing an answer that must be {@linkplain dev.llmadapt.OutputConstraint#oneOf one of several texts}:
 * token by token while decoding, or by comparing the scores of the whole texts. Other requests pass unchanged.
 */
public sealed interface LabelChoice extends Strategy {
    /** Decoding under the constraint, which every model does by itself: the baseline for comparisons. */
    static LabelChoice constrained() {
        return new Constrained();
    }

    /**
     * The choice with the highest score, ties by the order of the choices. Temperature, length limit and stop texts
     * have no influence.
     */
    static Scored scored(Normalization normalization, Calibration calibration) {
        return new Scored(normalization, calibration, Scored.BATCH_INPUTS);
    }

    /** The length by which a choice's log-probability is divided, so that long choices can win. */
    enum Normalization {
        /** No length: the log-probability of the whole choice. */
        SUM {
            @Override
            double score(Scores.Entry entry) {
                return entry.logProbability();
            }
        },
        /** The number of tokens: the mean log-probability of a token (Brown et al. 2020). */
        TOKENS {
            @Override
            double score(Scores.Entry entry) {
                return entry.meanLogProbability();
            }
        },
        /** The number of UTF-8 bytes: independent of how the tokeniser splits the choice. */
        BYTES {
            @Override
            double score(Scores.Entry entry) {
                return entry.logProbability() / entry.continuation().getBytes(StandardCharsets.UTF_8).length;
            }
        };

        abstract double score(Scores.Entry entry);
    }

    /** The estimate of how much the prompt favours a choice whatever is asked, which is subtracted from its score. */
    enum Calibration {
        /** No calibration. */
        NONE,
        /**
         * The score of the choice when the question is "N/A" (contextual calibration, Zhao et al. 2021;
         * domain-conditional pointwise mutual information, Holtzman et al. 2021). Costs a second scoring for every new
         * context of a question.
         */
        CONTENT_FREE,
        /**
         * The logarithm of the choice's mean probability among the labels, over inputs of the task's examples, whose
         * outputs are not read (batch calibration, Zhou et al. 2023). The mean is taken of probabilities, so that a
         * label that is nearly impossible for a few inputs does not count as rare. Learned when adapting, for the
         * task's labels and the layers inside this one.
         */
        BATCH
    }

    private static void requireLabels(LabelChoice choice, Task task) {
        if (task.labels().isEmpty()) {
            throw new IllegalArgumentException(
                    choice.name() + " needs a task with labels, the task '" + task.name() + "' has none");
        }
    }

    /** The strategy of {@link LabelChoice#constrained()}. */
    record Constrained() implements LabelChoice {
        @Override
        public String name() {
            return "label-choice(constrained)";
        }

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            requireLabels(this, task);
            return new ModelLayer(model) {};
        }
    }

    /**
     * The strategy of {@link LabelChoice#scored}.
     *
     * @param normalization the length by which a choice's log-probability is divided
     * @param calibration the estimate that is then subtracted
     * @param batchInputs the number of inputs for {@link Calibration#BATCH}, evenly spaced over the task's examples,
     *     all of them if there are fewer; at least 1
     */
    record Scored(Normalization normalization, Calibration calibration, int batchInputs) implements LabelChoice {
        private static final int BATCH_INPUTS = 16;

        /** Refuses a number of inputs below 1. */
        public Scored {
            if (batchInputs < 1) {
                throw new IllegalArgumentException("batchInputs must be at least 1, batchInputs: " + batchInputs);
            }
        }

        /** This strategy with another number of inputs for batch calibration. */
        public Scored withBatchInputs(int batchInputs) {
            return new Scored(normalization, calibration, batchInputs);
        }

        @Override
        public String name() {
            return ("label-choice(" + normalization + ", " + calibration + ")")
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '-');
        }

        /**
         * {@inheritDoc}
         *
         * @throws IllegalArgumentException if the task has no labels to choose from, or batch calibration finds no
         *     examples
         */
        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            requireLabels(this, task);
            return new ScoringModel(
                    model,
                    normalization,
                    switch (calibration) {
                        case NONE -> LabelPrior.none();
                        case CONTENT_FREE -> LabelPrior.contentFree(model, normalization);
                        case BATCH -> LabelPrior.batch(model, normalization, task, batchInputs, progress);
                    });
        }
    }
}
