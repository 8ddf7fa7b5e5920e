package dev.llmadapt.pilot.strategy;

import static dev.llmadapt.prompting.LabelChoice.Calibration.BATCH;
import static dev.llmadapt.prompting.LabelChoice.Calibration.CONTENT_FREE;
import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;
import static dev.llmadapt.prompting.LabelChoice.Normalization.BYTES;
import static dev.llmadapt.prompting.LabelChoice.Normalization.SUM;
import static dev.llmadapt.prompting.LabelChoice.Normalization.TOKENS;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.strategy.LayerKind.Argument;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.text.NearestName;
import java.util.List;
import java.util.function.IntFunction;

/** The ways to choose one of a task's labels as the answer, by the names written after {@code /}, a row each. */
final class ChoiceTable {
    /** The choice where a strategy does not name one. */
    static final String DEFAULT = "calibrated";

    /** The choice where a layer trains the model to give labels as they are. */
    static final String TRAINED = "scored-sum";

    /**
     * A way to choose.
     *
     * @param name as it is written
     * @param meaning what is chosen, for people
     * @param argument what may stand in parentheses after the name
     * @param choice makes the outermost layer of the argument's number
     */
    record Row(String name, String meaning, Argument argument, IntFunction<LabelChoice> choice) {
        Row(String name, String meaning, LabelChoice choice) {
            this(name, meaning, Argument.NONE, given -> choice);
        }

        /**
         * The layer, over a model that learned from the task's examples or not: of what it has learned from, it is too
         * sure for a temperature to be fitted.
         */
        private LabelChoice layer(int given, boolean trained) {
            LabelChoice made = choice.apply(given);
            if (trained && made instanceof LabelChoice.Letters) {
                throw new IllegalArgumentException("a layer that trains learns to write labels, so its choice cannot be"
                        + " '/" + name + "', which asks for letters; write '/" + TRAINED + "'");
            }
            return trained && made instanceof LabelChoice.Scored scored ? scored.withTemperature(0) : made;
        }

        /** Its row in the guide to strategies, in Markdown. */
        String guideRow() {
            return "| `/" + argument.syntax(name) + "` | " + meaning + argument.limits() + " |";
        }
    }

    static final List<Row> ROWS = List.of(
            new Row(
                    "scored",
                    "the label with the highest mean log-probability a token",
                    LabelChoice.scored(TOKENS, NONE)),
            new Row("scored-sum", "the label with the highest log-probability", LabelChoice.scored(SUM, NONE)),
            new Row(
                    "scored-bytes",
                    "the label with the highest mean log-probability a byte",
                    LabelChoice.scored(BYTES, NONE)),
            new Row(
                    "calibrated",
                    "as `/scored`, less what the label scores on average over N examples, which its probabilities are"
                            + " fitted to as well",
                    Argument.number("examples", 16, 1_000),
                    given -> LabelChoice.scored(TOKENS, BATCH)
                            .withBatchInputs(given)
                            .withTemperature(given)),
            new Row(
                    "calibrated-content-free",
                    "as `/scored`, less what the label scores without a question",
                    LabelChoice.scored(TOKENS, CONTENT_FREE)),
            new Row(
                    "constrained",
                    "the model writes token by token and can only write a label",
                    LabelChoice.constrained()),
            new Row(
                    "letters",
                    "the label whose letter is the most probable one, of labels that are listed as options A, B, C",
                    LabelChoice.byLetters(NONE)),
            new Row(
                    "letters-calibrated",
                    "as `/letters`, calibrated as `/calibrated` is",
                    Argument.number("examples", 16, 1_000),
                    given -> LabelChoice.byLetters(BATCH).withBatchInputs(given).withTemperature(given)),
            new Row(
                    "letters-content-free",
                    "as `/letters`, less what its letter scores without a question",
                    LabelChoice.byLetters(CONTENT_FREE)),
            new Row(
                    "letters-constrained",
                    "the label whose letter the model writes, where it can only write a letter",
                    LabelChoice.byLettersConstrained()));

    private ChoiceTable() {}

    static List<String> names() {
        return ROWS.stream().map(Row::name).toList();
    }

    /**
     * Layers with a choice around them, which changes nothing for tasks without labels.
     *
     * @param written the name, maybe with an argument
     * @param trained whether the model learned from the task's examples
     * @throws IllegalArgumentException if the name is unknown, naming those known, the argument does not fit, or it
     *     cannot be around layers that train
     */
    static Strategy around(Strategy layers, String written, boolean trained) {
        return new ForLabels(layers, choice(written, trained));
    }

    private static LabelChoice choice(String written, boolean trained) {
        StrategySyntax.Layer choice = StrategySyntax.layer(written, written);
        return ROWS.stream()
                .filter(row -> row.name().equals(choice.name()))
                .findAny()
                .map(row -> row.layer(row.argument().read(choice).number(), trained))
                .orElseThrow(() -> new IllegalArgumentException("unknown choice of label '/" + choice.name() + "', "
                        + NearestName.question(choice.name(), names()) + "expected one of " + names()));
    }

    /** Whether a choice is by scores, which make probabilities. */
    static boolean scores(String written) {
        LabelChoice made = choice(written, false);
        return made instanceof LabelChoice.Scored
                || (made instanceof LabelChoice.Letters letters && !letters.constrained());
    }

    /** Whether a choice lists the labels by itself, so that an instruction need not. */
    static boolean listsLabels(String written) {
        return choice(written, false) instanceof LabelChoice.Letters;
    }

    /** Layers with a choice of label around them, in tasks that have labels. */
    private record ForLabels(Strategy layers, LabelChoice choice) implements Strategy {
        @Override
        public String name() {
            return layers.name() + " + " + choice.name();
        }

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            Strategy all = task.labels().isEmpty()
                    ? layers
                    : choice instanceof LabelChoice.Letters letters ? letters.around(layers) : layers.then(choice);
            return all.adapt(model, task, progress);
        }
    }
}
