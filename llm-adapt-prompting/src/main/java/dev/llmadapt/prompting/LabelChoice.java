package dev.llmadapt.prompting;

import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Scoring;
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

    /**
     * The choice whose letter has the highest probability: the choices are listed as options A, B, C, and the model is
     * asked for a letter (multiple choice prompting, Robinson et al. 2023). One token is read for each, so the length
     * of a choice has no influence. Ties go by the order of the choices; temperature, length limit and stop texts have
     * no influence.
     *
     * @param calibration the estimate of how much the prompt favours a letter, which is subtracted
     */
    static Letters byLetters(Calibration calibration) {
        return new Letters(calibration, Scored.BATCH_INPUTS, 0, false);
    }

    /**
     * The choice whose letter the model writes, under a constraint to the letters: for models that cannot
     * {@linkplain Model#score score}, such as one behind an interface without probabilities. Answers have no
     * {@linkplain dev.llmadapt.Generation#decision() decision}.
     */
    static Letters byLettersConstrained() {
        return new Letters(Calibration.NONE, Scored.BATCH_INPUTS, 0, true);
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

    /** An input such as the task has. */
    private static String firstInput(Task task) {
        return task.examples().isEmpty() ? "N/A" : task.examples().get(0).input();
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
         * @throws IllegalArgumentException if the task has no labels to choose from, batch calibration or the
         *     temperature finds no examples, or the model does not {@linkplain dev.llmadapt.ModelInfo#scoring() score}
         *     the labels
         */
        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            requireLabels(this, task);
            ModelInfo info = model.info();
            info.requireScoring(
                    name(),
                    "choose by letters that are written (LabelChoice.byLettersConstrained), or by decoding under a"
                            + " constraint (LabelChoice.constrained)");
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
            if (scored.isEmpty() && info.scoring() == Scoring.TOP_TOKENS) {
                // refuses labels that are no single tokens, now and not at the first answer
                model.score(task.request(firstInput(task)), task.labels());
            }
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

    /**
     * The strategy of {@link LabelChoice#byLetters}.
     *
     * <p>Examples are answered with letters, too, and those of choices that are no options of a prompt are left out: of
     * layers outside this one, and of layers that it is put {@linkplain #around around}. Layers inside that show
     * examples, as {@code FewShot.fixed(3, 0).then(byLetters(NONE))} has them, are refused.
     *
     * <p>More than 26 choices are compared in groups of at most 26, evenly large and in their order, then the winners
     * of the groups with each other. The odds of two choices of a group are those in the group, and the odds of two
     * winners are those among the winners; the probabilities of a {@link dev.llmadapt.Decision} follow from these odds,
     * so they add up to 1, and without calibration the winner of the last round has the highest.
     *
     * <p>The score of a choice is its log-probability among the choices, as one token of the choice's text and the
     * letter's id.
     *
     * @param calibration the estimate that is subtracted from the log-probabilities of the choices
     * @param batchInputs the number of inputs for {@link Calibration#BATCH}, as in {@link Scored}
     * @param temperatureExamples the number of examples that {@link #withTemperature} fits a temperature on; 0 for none
     * @param constrained whether a letter is written under a constraint, not scored
     */
    record Letters(Calibration calibration, int batchInputs, int temperatureExamples, boolean constrained)
            implements LabelChoice {
        /** Refuses what {@link Scored} does, and a calibration or a temperature of letters that are written. */
        public Letters {
            if (constrained && (calibration != Calibration.NONE || temperatureExamples != 0)) {
                throw new IllegalArgumentException("letters that are written under a constraint have no scores to"
                        + " calibrate, calibration: " + calibration + ", temperatureExamples: " + temperatureExamples
                        + "; use LabelChoice.byLetters");
            }
            new Scored(Normalization.SUM, calibration, batchInputs, temperatureExamples);
        }

        /** This strategy with another number of inputs for batch calibration. */
        public Letters withBatchInputs(int batchInputs) {
            return new Letters(calibration, batchInputs, temperatureExamples, constrained);
        }

        /** This strategy with a temperature, as {@link Scored#withTemperature} has it. */
        public Letters withTemperature(int examples) {
            return new Letters(calibration, batchInputs, examples, constrained);
        }

        /**
         * This strategy around others: what they add to a request, such as instructions and examples, is there when
         * letters are asked for. They must not train, since what they would learn to write are the labels.
         */
        public Strategy around(Strategy inside) {
            return new Hook().then(inside).then(outer());
        }

        private LabelChoice outer() {
            return constrained
                    ? new Constrained()
                    : new Scored(Normalization.SUM, calibration, batchInputs, temperatureExamples);
        }

        @Override
        public String name() {
            String how = constrained ? "constrained" : calibration.name();
            String temperature = temperatureExamples == 0 ? "" : ", temperature";
            return ("label-choice(letters, " + how + temperature + ")")
                    .toLowerCase(Locale.ROOT)
                    .replace('_', '-');
        }

        /**
         * {@inheritDoc}
         *
         * @throws IllegalArgumentException if the task has no labels, or the model shows examples that are answered
         *     with labels; if batch calibration or the temperature finds no examples; or if the model does not score,
         *     and letters are not written under a constraint
         */
        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            requireLabels(this, task);
            for (Message message : model.prepare(task.request(firstInput(task))).messages()) {
                if (message.role() == Role.ASSISTANT
                        && task.labels().contains(message.content().strip())) {
                    throw new IllegalArgumentException("a choice by letters needs examples that are answered with"
                            + " letters, but the layers inside answer one with '"
                            + message.content().strip()
                            + "'; write LabelChoice.byLetters(...).around(layers) in place of"
                            + " layers.then(LabelChoice.byLetters(...))");
                }
            }
            return new Hook().then(outer()).adapt(model, task, progress);
        }

        /** The layer next to the model. */
        private record Hook() implements Strategy {
            @Override
            public String name() {
                return "letters";
            }

            @Override
            public Model adapt(Model model, Task task, Progress progress) {
                return new LetteringModel(model);
            }
        }
    }
}
