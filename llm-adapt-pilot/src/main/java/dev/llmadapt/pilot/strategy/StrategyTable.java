package dev.llmadapt.pilot.strategy;

import static dev.llmadapt.pilot.strategy.Candidate.Need.CORPUS;
import static dev.llmadapt.pilot.strategy.Candidate.Need.EXAMPLES;
import static dev.llmadapt.pilot.strategy.Candidate.Need.FREE_TEXT;
import static dev.llmadapt.pilot.strategy.Candidate.Need.LABELS;
import static dev.llmadapt.pilot.strategy.Candidate.Need.LOCAL_MODEL;
import static dev.llmadapt.pilot.strategy.Candidate.Need.SCHEMA;
import static dev.llmadapt.pilot.strategy.Candidate.Need.UNLABELLED_TEXTS;
import static dev.llmadapt.pilot.strategy.StrategyFamily.BASELINE;
import static dev.llmadapt.pilot.strategy.StrategyFamily.CLASSIFIER;
import static dev.llmadapt.pilot.strategy.StrategyFamily.FINE_TUNING;
import static dev.llmadapt.pilot.strategy.StrategyFamily.PROMPTING;
import static dev.llmadapt.pilot.strategy.StrategyFamily.PROMPT_TUNING;
import static dev.llmadapt.pilot.strategy.StrategyFamily.RETRIEVAL;

import dev.llmadapt.Strategy;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.LayerKind.Argument;
import dev.llmadapt.prompting.Baseline;
import dev.llmadapt.prompting.ChainOfThought;
import dev.llmadapt.prompting.FewShot;
import dev.llmadapt.prompting.LeastToMost;
import dev.llmadapt.prompting.RolePrompt;
import dev.llmadapt.prompting.SelfAsk;
import dev.llmadapt.prompting.SelfConsistency;
import dev.llmadapt.prompting.ShotOptions;
import dev.llmadapt.prompting.ZeroShot;
import dev.llmadapt.rag.BestSentence;
import dev.llmadapt.text.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The layers that strategies are written with, a row each. Syntax, help, traits of candidates and the guide read it: a
 * new strategy is a row.
 */
final class StrategyTable {
    private static final String ROLE =
            "You are an experienced specialist in this field. You read carefully and answer precisely.";

    /** The row of examples by their ids. */
    static final String GIVEN = "few-shot-given";

    /** All rows, in the order in which errors and help name them. */
    static final List<LayerKind> ROWS = List.of(
            head(new LayerKind(
                    "words",
                    CLASSIFIER,
                    "a classifier on words and runs of characters (TF-IDF, a linear SVM); no language model",
                    (given, seed) -> TrainedLayer.of(HeadTraining.onWords(seed)))),
            head(new LayerKind(
                            "embeddings",
                            CLASSIFIER,
                            "a classifier on the embedding of the text, by MiniLM unless TEXT is `bge-small` or the folder"
                                    + " of a sentence-transformers model; no language model",
                            (given, seed) -> TrainedLayer.of(
                                    new HeadOnEmbeddings(new EmbedderName(given.text()), seed, List.of())))
                    .withArgument(Argument.text(EmbedderName.MINILM))),
            head(new LayerKind(
                            "features",
                            CLASSIFIER,
                            "a classifier on the hidden states of the language model, whose weights stay as they are",
                            (given, seed) -> TrainedLayer.of(HeadTraining.onFeatures(seed))))
                    .withNeeds(EXAMPLES, LABELS, LOCAL_MODEL),
            baseline(
                            "majority",
                            "the most frequent label of the examples; no language model",
                            seed -> Baseline.majority())
                    .withNeeds(EXAMPLES, LABELS),
            baseline(
                            "random",
                            "a label drawn as often as it is among the examples; no language model",
                            Baseline::random)
                    .withNeeds(EXAMPLES, LABELS),
            baseline(
                    "nearest-example",
                    "the answer of the example whose words are most like the question's; no language model",
                    seed -> Baseline.nearestExample()),
            new LayerKind(
                            "rules",
                            BASELINE,
                            "the fields of the answer by patterns and words that the examples teach, and by the regular"
                                    + " expressions of the JSON file FILE, one a field, if given; no language model",
                            (given, seed) -> Baseline.rules(RulesFile.patterns(given.text())))
                    .withArgument(Argument.text("FILE", ""))
                    .withNeeds(EXAMPLES, SCHEMA)
                    .standingAlone(),
            baseline(
                            "best-sentence",
                            "the sentence that shares most words with the question, of the passage that fits it best;"
                                    + " no language model",
                            seed -> BestSentence.byWords())
                    .withNeeds(CORPUS, FREE_TEXT),
            new LayerKind(
                            "zero-shot",
                            PROMPTING,
                            "the task's instruction and labels, which every strategy includes; in another wording where"
                                    + " WORDING is given, which is one of "
                                    + Wording.keys(),
                            (given, seed) -> Wording.named(given.text()))
                    .withArgument(Argument.text("WORDING", "")),
            new LayerKind(
                            "role",
                            PROMPTING,
                            "who the model is, a careful specialist unless TEXT says otherwise",
                            (given, seed) -> new RolePrompt(given.text()))
                    .withArgument(Argument.text(ROLE)),
            new LayerKind(
                            "few-shot",
                            PROMPTING,
                            "N fixed examples, spread over the labels",
                            (given, seed) -> FewShot.fixed(given.number(), seed))
                    .withArgument(Argument.number("examples", 8, 1_000))
                    .withNeeds(EXAMPLES),
            new LayerKind(
                            "few-shot-nearest",
                            PROMPTING,
                            "the N examples most like the question",
                            (given, seed) -> FewShot.nearest(given.number()))
                    .withArgument(Argument.number("examples", 8, 1_000))
                    .withNeeds(EXAMPLES),
            new LayerKind(
                            "few-shot-random",
                            PROMPTING,
                            "N fixed examples, drawn without regard to labels",
                            (given, seed) -> FewShot.random(given.number(), seed))
                    .withArgument(Argument.number("examples", 8, 1_000))
                    .withNeeds(EXAMPLES),
            new LayerKind(
                            "few-shot-diverse",
                            PROMPTING,
                            "N examples like the question and unlike each other, in equal parts",
                            (given, seed) -> FewShot.nearest(given.number())
                                    .withOptions(ShotOptions.defaults().withLambda(0.5)))
                    .withArgument(Argument.number("examples", 8, 1_000))
                    .withNeeds(EXAMPLES),
            new LayerKind(
                            GIVEN,
                            PROMPTING,
                            "the examples of these ids, which commas separate, in this order",
                            (given, seed) -> FewShot.given(ids(given.text())))
                    .withArgument(Argument.text("IDS", ""))
                    .withNeeds(EXAMPLES),
            new LayerKind(
                    "chain-of-thought",
                    PROMPTING,
                    "the model reasons first, then answers",
                    (given, seed) -> ChainOfThought.defaults()),
            new LayerKind(
                            "least-to-most",
                            PROMPTING,
                            "answers up to N simpler questions first, each with the answers before it",
                            (given, seed) -> LeastToMost.defaults().withSteps(given.number()))
                    .withArgument(Argument.number("questions", 4, 20)),
            new LayerKind(
                            "self-ask",
                            PROMPTING,
                            "asks up to N follow-up questions, each answered by the layers inside, then answers",
                            (given, seed) -> SelfAsk.defaults().withSteps(given.number()))
                    .withArgument(Argument.number("questions", 4, 20)),
            new LayerKind(
                            "self-consistency",
                            PROMPTING,
                            "reasons N times and takes the majority vote; outermost, with `/constrained`",
                            (given, seed) -> SelfConsistency.of(given.number(), seed))
                    .withArgument(Argument.number("thoughts", 3, 50))
                    .withOnlyChoice("constrained"),
            new LayerKind(
                    "instruction",
                    PROMPTING,
                    "the task's instruction without its labels, in place of `zero-shot`: a shorter prompt under layers"
                            + " that train",
                    (given, seed) -> ZeroShot.defaults().withoutLabels()),
            new LayerKind(
                            "rag",
                            RETRIEVAL,
                            "the N passages of the task's corpus that fit the question by their words",
                            (given, seed) -> new RagLayer(given.number()))
                    .withArgument(Argument.number("passages", 3, 50))
                    .withNeeds(CORPUS),
            tuning("lora", FINE_TUNING, "low-rank updates of the weights (LoRA)"),
            tuning("dora", FINE_TUNING, "low-rank updates with separately learned magnitudes (DoRA)"),
            tuning("lora-head", FINE_TUNING, "LoRA and a head that scores the labels, trained together")
                    .withNeeds(EXAMPLES, LABELS, LOCAL_MODEL)
                    .standingAlone(),
            tuning("ia3", FINE_TUNING, "learned scales of activations (IA3)"),
            tuning("prompt-tuning", PROMPT_TUNING, "learned virtual tokens before the prompt"),
            tuning("p-tuning", PROMPT_TUNING, "virtual tokens before the prompt, made by a small network that learns"),
            tuning("prefix-tuning", PROMPT_TUNING, "learned keys and values before those of every layer"),
            tuning("full-tuning", FINE_TUNING, "all weights are trained"),
            new LayerKind(
                            Teaching.NAME,
                            CLASSIFIER,
                            "STUDENT learns from what TEACHER answers to unlabelled texts, beside the examples; both are"
                                    + " strategies of this table, `" + Teaching.OTHERWISE
                                    + "` unless given. Family and needs are the student's, and what the teacher needs",
                            (given, seed) -> DistilLayer.of(given.text(), seed))
                    .withArgument(Argument.text(Teaching.SIGN, Teaching.OTHERWISE))
                    .withNeeds(UNLABELLED_TEXTS)
                    .withTraining(Training.QUICK)
                    .standingAlone());

    private StrategyTable() {}

    private static List<String> ids(String list) {
        if (list.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + GIVEN + "' takes the ids of examples, such as " + GIVEN + "(m0001,m0002)");
        }
        return Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    }

    /** A row of a classifier, which answers by itself and learns from all examples within seconds. */
    private static LayerKind head(LayerKind kind) {
        return kind.withNeeds(EXAMPLES, LABELS).withTraining(Training.QUICK).standingAlone();
    }

    /** A row that answers by itself from examples or passages, without any model. */
    private static LayerKind baseline(String name, String meaning, LongFunction<Strategy> made) {
        return new LayerKind(name, BASELINE, meaning, (given, seed) -> made.apply(seed))
                .withNeeds(EXAMPLES)
                .standingAlone();
    }

    /**
     * A row of a {@link Tuning}, which goes N times over the examples: exactly so where N is written, else with its
     * least number of steps, however few the examples; or trains by {@link TuningSettings}.
     */
    private static LayerKind tuning(String name, StrategyFamily family, String meaning) {
        Tuning tuning = Tuning.named(name);
        TrainingOptions options = tuning.options();
        return new LayerKind(
                        name,
                        family,
                        meaning,
                        (given, seed) -> TrainedLayer.of(new TuningLearning(
                                given.number() == 0
                                        ? TuningSettings.parse(given.text())
                                                .of(tuning.withOptions(options.withSeed(seed)))
                                        : tuning.withOptions(options.withSeed(seed)
                                                .withEpochs(given.number())
                                                .withMinSteps(
                                                        given.written()
                                                                ? 0
                                                                : options.learning()
                                                                        .minSteps())),
                                List.of())))
                .withArgument(Argument.numberOrSettings(
                        "passes over the examples", options.learning().epochs(), 1_000))
                .withNeeds(EXAMPLES, LOCAL_MODEL)
                .withTraining(Training.LONG);
    }

    /** The names of all rows. */
    static List<String> names() {
        return ROWS.stream().map(LayerKind::name).toList();
    }

    /**
     * The row of a name.
     *
     * @throws IllegalArgumentException if the name is unknown, naming those known
     */
    static LayerKind row(String name) {
        return ROWS.stream()
                .filter(row -> row.name().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("unknown strategy '" + name + "', "
                        + NearestName.question(name, names()) + "expected one of " + names()));
    }
}
