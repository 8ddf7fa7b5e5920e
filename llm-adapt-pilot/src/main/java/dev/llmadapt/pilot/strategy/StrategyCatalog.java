package dev.llmadapt.pilot.strategy;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.peft.LoraHeadTuning;
import dev.llmadapt.peft.TuningSearch;
import dev.llmadapt.prompting.ZeroShot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Strategies by the names that the command line gives them.
 *
 * <pre>{@code
 * list     = strategy { "," strategy }
 * strategy = layer { "+" layer } [ "/" choice ]      layers from the inside out: role+few-shot(4)
 * layer    = name [ "(" argument ")" ]
 * choice   = name [ "(" argument ")" ]
 * }</pre>
 *
 * <p>{@code docs/guides/strategies.md} lists the layers and choices, from the tables that this class reads. What trains
 * a language model goes three times over the examples, in smaller steps where that would be under 80, and over and over
 * where even steps of two texts are too few; {@code lora(N)} goes exactly {@code N} times. A classifier answers by
 * itself, without other layers and without a choice. {@code zero-shot(exact)} tells the instruction in another wording,
 * and {@code lora(rate=0.0004 rank=16 steps=240)} trains by such settings. Unless a choice is written, it is
 * {@code calibrated}; of a model that was trained, {@code scored-sum}.
 *
 * <p>A strategy is reported under the name it was asked by. For tasks without labels a choice changes nothing.
 */
public final class StrategyCatalog {
    /**
     * The strategies that a pilot measures by default: classifiers, which take seconds, the baselines that all others
     * must be better than, prompts and retrieval, then what trains for long, the most promising first.
     */
    public static final String DEFAULT_LIST =
            "words,embeddings,embeddings(bge-small),majority,random,nearest-example,rules,best-sentence,zero-shot,"
                    + "features,few-shot,role,few-shot-nearest,rag,rag+few-shot-nearest(4),chain-of-thought,self-consistency,"
                    + "lora-head,instruction+lora,prompt-tuning,rag(1)+lora,few-shot-nearest(4)+lora,prefix-tuning,"
                    + "rag(1)+prompt-tuning,full-tuning";

    private StrategyCatalog() {}

    /**
     * The strategies of {@link #DEFAULT_LIST} for a task: those that choose among labels only where it has some, those
     * that write free text or find the fields of a schema only where its answers are such.
     */
    public static String defaultList(Task task) {
        return StrategySyntax.parse(DEFAULT_LIST).stream()
                .filter(written -> {
                    Set<Candidate.Need> needs = Candidate.Traits.of(written).needs();
                    return !(needs.contains(Candidate.Need.LABELS)
                                    && task.labels().isEmpty())
                            && !(needs.contains(Candidate.Need.FREE_TEXT) && !writesFreeText(task))
                            && !(needs.contains(Candidate.Need.SCHEMA)
                                    && task.schema().isEmpty());
                })
                .map(StrategySyntax.Written::text)
                .collect(Collectors.joining(","));
    }

    /** Whether a task's answers are free text, neither labels nor JSON. */
    public static boolean writesFreeText(Task task) {
        return task.labels().isEmpty() && task.schema().isEmpty();
    }

    /**
     * The strategies of a list, for tasks with labels.
     *
     * @param list as above
     * @param seed fixes which examples {@code few-shot} shows
     * @throws IllegalArgumentException if a name is unknown, naming those known, an argument does not fit, or a
     *     strategy stands twice
     */
    public static List<Strategy> parse(String list, long seed) {
        List<Strategy> strategies = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (StrategySyntax.Written written : StrategySyntax.parse(list)) {
            if (!names.add(written.text())) {
                throw new IllegalArgumentException("the strategy '" + written.text() + "' stands twice");
            }
            // built once, so that what is wrong with it is told now
            build(written, seed, UnlabelledTexts.none(), kept -> kept);
            strategies.add(candidate(written, seed));
        }
        return strategies;
    }

    /**
     * Refuses strategies that name what a task does not have: patterns of {@code rules(FILE)} for fields that are not
     * in its schema. Adapting would refuse them, too, but later.
     *
     * @param list as above
     * @throws IllegalArgumentException if a field is unknown, naming those known
     */
    public static void check(String list, Task task) {
        for (StrategySyntax.Written written : StrategySyntax.parse(list)) {
            for (StrategySyntax.Layer layer : written.layers()) {
                if (layer.name().equals("rules")) {
                    task.schema().ifPresent(schema -> RulesFile.check(layer.argument(), schema));
                }
            }
        }
    }

    /** How each layer is written, such as {@code few-shot[(N)]}. */
    public static List<String> layerSyntax() {
        return StrategyTable.ROWS.stream().map(LayerKind::syntax).toList();
    }

    /** The choices of label, as they are written after {@code /}. */
    public static List<String> choices() {
        return ChoiceTable.names();
    }

    /**
     * Each strategy over the base model alone, and each that trains nothing over loaded adapters too, so that they can
     * be compared.
     *
     * @param adapters the adapters' names for people
     * @param content tells the adapters from others of these names, so that a journal is not taken for theirs: a hash
     *     of their files
     * @param uses what acts on every request
     */
    public static List<Strategy> besideAdapters(
            List<Strategy> strategies, String adapters, String content, List<AdapterUse> uses) {
        return WithAdapters.beside(strategies, adapters, content, uses);
    }

    /**
     * Strategies over the base model, and a classifier that was trained on it, as {@link LoraHeadTuning} trains one.
     *
     * @param folder of the classifier
     * @param content tells the classifier from another in this folder: a hash of its files
     */
    public static List<Strategy> besideClassifier(List<Strategy> strategies, Path folder, String content) {
        List<Strategy> all = new ArrayList<>(strategies);
        all.add(new TrainedClassifier(folder, content));
        return List.copyOf(all);
    }

    /**
     * Builds the layers as one strategy.
     *
     * @param unlabelled what a teacher answers
     * @param keeping replaces each layer that trains
     */
    static Strategy build(
            StrategySyntax.Written written,
            long seed,
            UnlabelledTexts unlabelled,
            UnaryOperator<TrainedLayer> keeping) {
        List<Strategy> layers = new ArrayList<>();
        List<LayerKind> kinds = new ArrayList<>();
        for (StrategySyntax.Layer each : written.layers()) {
            LayerKind kind = StrategyTable.row(each.name());
            Strategy built = kind.make(each, seed);
            if (built instanceof TrainedLayer trained) {
                built = keeping.apply(trained);
            } else if (built instanceof DistilLayer distil) {
                built = distil.with(unlabelled, keeping);
            }
            layers.add(built);
            kinds.add(kind);
        }
        refuseCompany(written, kinds);
        if (kinds.get(0).alone()) {
            return layers.get(0);
        }
        if (layers.stream().filter(TrainedLayer.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("one layer of a strategy can train, got '" + written.text() + "'");
        }
        if (layers.stream().noneMatch(layer -> layer instanceof ZeroShot || layer instanceof Wording.Worded)) {
            layers.add(roles(written.layers()), ZeroShot.defaults());
        }
        String choice = choice(written, kinds);
        if (ChoiceTable.listsLabels(choice)) {
            layers.replaceAll(layer ->
                    layer.equals(ZeroShot.defaults()) ? ZeroShot.defaults().withoutLabels() : layer);
        }
        return ChoiceTable.around(
                layers.stream().reduce(Strategy::then).orElseThrow(),
                choice,
                kinds.stream().anyMatch(LayerKind::trains));
    }

    /** The number of roles that a strategy begins with, after which its instruction stands. */
    static int roles(List<StrategySyntax.Layer> layers) {
        int roles = 0;
        while (roles < layers.size() && layers.get(roles).name().equals("role")) {
            roles++;
        }
        return roles;
    }

    /** A strategy as it is written, under its text. */
    static Candidate candidate(StrategySyntax.Written written, long seed) {
        return new Named(written, seed, UnlabelledTexts.none());
    }

    /** Whether a strategy chooses among labels by their scores, so that its answers come with probabilities. */
    static boolean scoresLabels(StrategySyntax.Written written) {
        StrategySyntax.Layer first = written.layers().get(0);
        if (first.name().equals(Teaching.NAME)) {
            return scoresLabels(Teaching.of(first).student());
        }
        List<LayerKind> kinds = written.layers().stream()
                .map(layer -> StrategyTable.row(layer.name()))
                .toList();
        return kinds.get(0).alone() ? kinds.get(0).trains() : ChoiceTable.scores(choice(written, kinds));
    }

    /** Whether a strategy asks a language model for the scores of labels, where the task has some. */
    static boolean asksForScores(StrategySyntax.Written written) {
        List<LayerKind> kinds = written.layers().stream()
                .map(layer -> StrategyTable.row(layer.name()))
                .toList();
        return !kinds.get(0).alone() && ChoiceTable.scores(choice(written, kinds));
    }

    /** Refuses other layers, and a choice of label, beside a layer that answers by itself. */
    static void refuseCompany(StrategySyntax.Written written, List<LayerKind> kinds) {
        for (int i = 0; i < kinds.size(); i++) {
            LayerKind kind = kinds.get(i);
            if (kind.alone() && (kinds.size() > 1 || !written.choice().isEmpty())) {
                String argument = written.layers().get(i).argument();
                throw new IllegalArgumentException("'" + kind.name()
                        + "' answers by itself: it takes no other layer and no choice of label, got '"
                        + written.text() + "'; write '" + kind.name()
                        + (argument.isEmpty() ? "" : "(" + argument + ")") + "'");
            }
        }
    }

    private static String choice(StrategySyntax.Written written, List<LayerKind> kinds) {
        for (LayerKind kind : kinds) {
            String only = kind.onlyChoice();
            if (!only.isEmpty()
                    && !written.choice().isEmpty()
                    && !written.choice().equals(only)) {
                throw new IllegalArgumentException(kind.name()
                        + " votes over what was written, so its choice is '/" + only + "', got '" + written.text()
                        + "'");
            }
        }
        Optional<String> only = kinds.stream()
                .map(LayerKind::onlyChoice)
                .filter(name -> !name.isEmpty())
                .findFirst();
        boolean trained = kinds.stream().anyMatch(LayerKind::trains);
        return written.choice().isEmpty()
                ? only.orElse(trained ? ChoiceTable.TRAINED : ChoiceTable.DEFAULT)
                : written.choice();
    }

    /** A strategy under the name it was asked by. */
    private record Named(StrategySyntax.Written written, long seed, UnlabelledTexts unlabelled) implements Candidate {
        @Override
        public String name() {
            return written.text();
        }

        @Override
        public String identity() {
            return written.text() + ArgumentFiles.mark(written);
        }

        @Override
        public Traits traits() {
            return Traits.of(written);
        }

        @Override
        public Strategy keeping(Path folder) {
            return build(written, seed, unlabelled, trained -> trained.kept(folder));
        }

        @Override
        public Candidate withSeed(long other) {
            return new Named(written, other, unlabelled);
        }

        @Override
        public Candidate withUnlabelled(UnlabelledTexts texts) {
            return new Named(written, seed, texts);
        }

        @Override
        public List<Candidate> rewritten(Function<String, List<String>> change) {
            return change.apply(written.text()).stream()
                    .<Candidate>map(text -> new Named(StrategySyntax.parse(text).get(0), seed, unlabelled))
                    .toList();
        }

        @Override
        public Strategy searching(TuningSearch search, Consumer<TuningSearch.Result> found) {
            return build(
                    written,
                    seed,
                    unlabelled,
                    trained -> trained.learningBy(learning -> learning instanceof TuningLearning tuning
                            ? new SearchLearning(tuning, search, found)
                            : learning));
        }

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            return build(written, seed, unlabelled, trained -> trained).adapt(model, task, progress);
        }
    }
}
