package dev.llmadapt.prompting;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

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
        return new Scored(normalization, calibration, Scored.BATCH_INPUTS, 0);
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
            return new ModelLayer(model) {
                @Override
                protected Request apply(Request request) {
                    return request.requireNoTools("a layer of label choice");
                }
            };
        }
    }

    /**
     * The strategy of {@link LabelChoice#scored}.
     *
     * @param normalization the length by which a choice's log-probability is divided
     * @param calibration the estimate that is then subtracted
     * @param batchInputs the number of inputs for {@link Calibration#BATCH}, evenly spaced over the task's examples,
     *     all of them if there are fewer; at least 1
     * @param temperatureExamples the number of examples that {@link #withTemperature} fits a temperature on; 0 for none
     */
    record Scored(Normalization normalization, Calibration calibration, int batchInputs, int temperatureExamples)
            implements LabelChoice {
        private static final int BATCH_INPUTS = 16;

        /** Refuses a number of inputs below 1, and a negative number of examples. */
        public Scored {
            if (batchInputs < 1) {
                throw new IllegalArgumentException("batchInputs must be at least 1, batchInputs: " + batchInputs);
            }
            if (temperatureExamples < 0) {
                throw new IllegalArgumentException(
                        "temperatureExamples must be 0 (none) or more, temperatureExamples: " + temperatureExamples);
            }
        }

        /** This strategy with another number of inputs for batch calibration. */
        public Scored withBatchInputs(int batchInputs) {
            return new Scored(normalization, calibration, batchInputs, temperatureExamples);
        }

        /**
         * This strategy with a temperature, by which scores are divided before they become the probabilities of a
         * {@link dev.llmadapt.Decision} (Guo et al. 2017): it is fitted to examples of the task when adapting, so that
         * the probability of the chosen label says how often it is right. It changes no choice, only how sure an answer
         * is. The decision then says that it is calibrated, for the task's labels and requests without adapters.
         *
         * <p>The model inside must not have learned from these examples, or it is surer of them than of others.
         *
         * @param examples the most examples, evenly spaced over the task's; those that batch calibration reads serve
         *     both, and it reads as many if they are more; 0 for no temperature
         */
        public Scored withTemperature(int examples) {
            return new Scored(normalization, calibration, batchInputs, examples);
        }

        @Override
        public String name() {
            String temperature = temperatureExamples == 0 ? "" : ", temperature";
            return ("label-choice(" + normalization + ", " + calibration + temperature + ")")
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '-');
        }

        /**
         * {@inheritDoc}
         *
         * @throws IllegalArgumentException if the task has no labels to choose from, or batch calibration or the
         *     temperature finds no examples
         */
        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            requireLabels(this, task);
            boolean batch = calibration == Calibration.BATCH;
            int reads = Math.max(batch ? batchInputs : 0, temperatureExamples);
            Optional<ScoredExamples> scored = reads == 0
                    ? Optional.empty()
                    : Optional.of(ScoredExamples.of(
                            model,
                            normalization,
                            task,
                            reads,
                            batch ? "batch calibration" : "a temperature",
                            progress));
            LabelPrior prior = switch (calibration) {
                case NONE -> LabelPrior.none();
                case CONTENT_FREE -> LabelPrior.contentFree(model, normalization);
                case BATCH -> LabelPrior.batch(scored.orElseThrow());
            };
            Temperature temperature = temperatureExamples == 0
                    ? Temperature.NONE
                    : scored.orElseThrow().temperature(prior);
            return new ScoringModel(model, normalization, prior, temperature);
        }
    }
}
