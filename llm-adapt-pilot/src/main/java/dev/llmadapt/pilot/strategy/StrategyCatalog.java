package dev.llmadapt.pilot.strategy;

import static dev.llmadapt.prompting.LabelChoice.Calibration.BATCH;
import static dev.llmadapt.prompting.LabelChoice.Calibration.CONTENT_FREE;
import static dev.llmadapt.prompting.LabelChoice.Calibration.NONE;
import static dev.llmadapt.prompting.LabelChoice.Normalization.BYTES;
import static dev.llmadapt.prompting.LabelChoice.Normalization.SUM;
import static dev.llmadapt.prompting.LabelChoice.Normalization.TOKENS;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Strategy;
import dev.llmadapt.peft.Tuning;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.prompting.ChainOfThought;
import dev.llmadapt.prompting.FewShot;
import dev.llmadapt.prompting.LabelChoice;
import dev.llmadapt.prompting.RolePrompt;
import dev.llmadapt.prompting.SelfConsistency;
import dev.llmadapt.prompting.ZeroShot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Strategies by the names that the command line gives them.
 *
 * <pre>{@code
 * list     = strategy { "," strategy }
 * strategy = layer { "+" layer } [ "/" choice ]      layers from the inside out: role+few-shot(4)
 * layer    = name [ "(" argument ")" ]
 * }</pre>
 *
 * <table>
 * <caption>Layers; each strategy also tells the task's instruction and labels, after the roles it begins with</caption>
 * <tr><td>{@code zero-shot}</td><td>nothing more than that</td></tr>
 * <tr><td>{@code role}, {@code role(TEXT)}</td><td>who the model is, a careful specialist unless TEXT says otherwise</td></tr>
 * <tr><td>{@code few-shot}, {@code few-shot(N)}</td><td>N fixed examples, spread over the labels; N is 8 unless given</td></tr>
 * <tr><td>{@code few-shot-nearest}, {@code few-shot-nearest(N)}</td><td>the N examples most like the question</td></tr>
 * <tr><td>{@code chain-of-thought}</td><td>the model reasons first, then answers</td></tr>
 * <tr><td>{@code self-consistency(N)}</td><td>reasons N times, 3 unless given, and answers what most of them led to;
 *     outermost, with the choice {@code constrained}</td></tr>
 * <tr><td>{@code rag}, {@code rag(N)}</td><td>the N passages of the task's corpus, 3 unless given, that fit the question by
 *     their words</td></tr>
 * <tr><td>{@code lora}, {@code dora}, {@code ia3}</td><td>fine-tuning by low-rank updates, the same with magnitudes apart, by
 *     scales</td></tr>
 * <tr><td>{@code prompt-tuning}, {@code prefix-tuning}</td><td>learned virtual tokens before the prompt, or before every
 *     layer's keys and values</td></tr>
 * <tr><td>{@code full-tuning}</td><td>all weights learn</td></tr>
 * </table>
 *
 * <table>
 * <caption>Choices: how one of the task's labels becomes the answer; outermost</caption>
 * <tr><td>{@code scored}</td><td>the label with the highest mean log-probability a token</td></tr>
 * <tr><td>{@code scored-sum}, {@code scored-bytes}</td><td>the same, of the whole label or a byte of it</td></tr>
 * <tr><td>{@code calibrated}</td><td>as {@code scored}, less what the label scores on average over examples</td></tr>
 * <tr><td>{@code calibrated-content-free}</td><td>as {@code scored}, less what it scores without a question</td></tr>
 * <tr><td>{@code constrained}</td><td>the model writes token by token and can only write a label</td></tr>
 * </table>
 *
 * What trains goes three times over the examples, or {@code N} times as {@code lora(N)}, in steps of 16 texts, of fewer where
 * that would be under 40 steps. Unless a choice is written, it is
 * {@value #DEFAULT_CHOICE}; of a model that was trained, {@value #TRAINED_CHOICE}.
 *
 * <p>A strategy is reported under the name it was asked by. For tasks without labels a choice changes nothing.
 */
public final class StrategyCatalog {
    /**
     * The strategies that a pilot measures unless told otherwise: one of each kind first, then what takes long, so that a short budget
     * reaches every kind.
     */
    public static final String DEFAULT_LIST =
            "zero-shot,few-shot-nearest,rag,prompt-tuning,lora,rag+few-shot-nearest(4),"
                    + "few-shot,role,rag(1)+lora,prefix-tuning,few-shot-nearest(4)+lora,rag(1)+prompt-tuning,chain-of-thought,"
                    + "self-consistency,full-tuning";

    /** The choice of label where a strategy does not say. */
    static final String DEFAULT_CHOICE = "calibrated";

    /** The choice of label where one of the layers trains the model to give labels as they are. */
    static final String TRAINED_CHOICE = "scored-sum";

    static final List<String> TRAINED = List.of("lora", "dora", "ia3", "prompt-tuning", "prefix-tuning", "full-tuning");
    static final List<String> LAYERS = Stream.concat(
                    Stream.of(
                            "zero-shot",
                            "role",
                            "few-shot",
                            "few-shot-nearest",
                            "chain-of-thought",
                            "self-consistency",
                            "rag"),
                    TRAINED.stream())
            .toList();

    private static final Map<String, LabelChoice> CHOICES = choices();
    private static final String ROLE =
            "You are an experienced specialist in this field. You read carefully and answer precisely.";
    static final int SHOTS = 8;
    private static final int MAX_SHOTS = 1_000;
    private static final int MAX_EPOCHS = 1_000;

    private StrategyCatalog() {}

    private static Map<String, LabelChoice> choices() {
        Map<String, LabelChoice> choices = new LinkedHashMap<>();
        choices.put("scored", LabelChoice.scored(TOKENS, NONE));
        choices.put("scored-sum", LabelChoice.scored(SUM, NONE));
        choices.put("scored-bytes", LabelChoice.scored(BYTES, NONE));
        choices.put("calibrated", LabelChoice.scored(TOKENS, BATCH));
        choices.put("calibrated-content-free", LabelChoice.scored(TOKENS, CONTENT_FREE));
        choices.put("constrained", LabelChoice.constrained());
        return choices;
    }

    /** The names after {@code /}. */
    static List<String> choiceNames() {
        return List.copyOf(CHOICES.keySet());
    }

    /**
     * The strategies of a list, for tasks with labels.
     *
     * @param list as above
     * @param seed fixes which examples {@code few-shot} shows
     * @throws IllegalArgumentException if a name is unknown, naming those known, an argument does not fit, or a strategy
     *     stands twice
     */
    public static List<Strategy> parse(String list, long seed) {
        List<Strategy> strategies = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (StrategySyntax.Written written : StrategySyntax.parse(list)) {
            if (!names.add(written.text())) {
                throw new IllegalArgumentException("the strategy '" + written.text() + "' stands twice");
            }
            // built once, so that what is wrong with it is told now
            build(written, seed, kept -> kept);
            strategies.add(new Named(written, seed));
        }
        return strategies;
    }

    /**
     * Each strategy over the base model alone, and each that trains nothing over loaded adapters too, so that they can be
     * compared.
     *
     * @param adapters the adapters' names for people
     * @param uses what acts on every request
     */
    public static List<Strategy> besideAdapters(List<Strategy> strategies, String adapters, List<AdapterUse> uses) {
        return WithAdapters.beside(strategies, adapters, uses);
    }

    /**
     * The layers as one strategy.
     *
     * @param keeping what becomes of each layer that trains
     */
    static Strategy build(StrategySyntax.Written written, long seed, UnaryOperator<TrainedLayer> keeping) {
        List<Strategy> layers = new ArrayList<>();
        for (StrategySyntax.Layer each : written.layers()) {
            Strategy built = layer(each, seed);
            layers.add(built instanceof TrainedLayer trained ? keeping.apply(trained) : built);
        }
        if (layers.stream().filter(TrainedLayer.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("one layer of a strategy can train, got '" + written.text() + "'");
        }
        if (layers.stream().noneMatch(ZeroShot.class::isInstance)) {
            int roles = 0;
            while (roles < layers.size() && layers.get(roles) instanceof RolePrompt) {
                roles++;
            }
            layers.add(roles, ZeroShot.defaults());
        }
        boolean trained = written.layers().stream().anyMatch(layer -> TRAINED.contains(layer.name()));
        boolean votes = written.layers().stream().anyMatch(layer -> layer.name().equals("self-consistency"));
        if (votes && !written.choice().isEmpty() && !written.choice().equals("constrained")) {
            throw new IllegalArgumentException(
                    "self-consistency votes over what was written, so its choice is '/constrained', got '"
                            + written.text() + "'");
        }
        String otherwise = votes ? "constrained" : trained ? TRAINED_CHOICE : DEFAULT_CHOICE;
        layers.add(new ForLabels(choice(written.choice().isEmpty() ? otherwise : written.choice())));
        return layers.stream().reduce(Strategy::then).orElseThrow();
    }

    private static Strategy layer(StrategySyntax.Layer layer, long seed) {
        return switch (layer.name()) {
            case "zero-shot" -> bare(layer, ZeroShot.defaults());
            case "chain-of-thought" -> bare(layer, ChainOfThought.defaults());
            case "role" -> new RolePrompt(layer.argument().isEmpty() ? ROLE : layer.argument());
            case "self-consistency" -> SelfConsistency.of(number(layer, 3, 50, "thoughts"), seed);
            case "rag" -> new RagLayer(number(layer, 3, 50, "passages"));
            case "few-shot" -> FewShot.fixed(shots(layer), seed);
            case "few-shot-nearest" -> FewShot.nearest(shots(layer));
            case "lora", "dora", "ia3", "prompt-tuning", "prefix-tuning", "full-tuning" -> {
                Tuning tuning = Tuning.named(layer.name());
                yield TrainedLayer.of(tuning.withOptions(training(layer, tuning.options(), seed)));
            }
            default ->
                throw new IllegalArgumentException(
                        "unknown strategy '" + layer.name() + "', expected one of " + LAYERS);
        };
    }

    private static TrainingOptions training(StrategySyntax.Layer layer, TrainingOptions options, long seed) {
        return options.withSeed(seed).withEpochs(number(layer, options.learning().epochs(), MAX_EPOCHS, "passes"));
    }

    private static Strategy choice(String name) {
        LabelChoice choice = CHOICES.get(name);
        if (choice == null) {
            throw new IllegalArgumentException(
                    "unknown choice of label '/" + name + "', expected one of " + choiceNames());
        }
        return choice;
    }

    private static Strategy bare(StrategySyntax.Layer layer, Strategy strategy) {
        if (!layer.argument().isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + layer.name() + "' takes no argument, got '" + layer.argument() + "'");
        }
        return strategy;
    }

    private static int shots(StrategySyntax.Layer layer) {
        return number(layer, SHOTS, MAX_SHOTS, "examples");
    }

    private static int number(StrategySyntax.Layer layer, int otherwise, int most, String what) {
        if (layer.argument().isEmpty()) {
            return otherwise;
        }
        int number = layer.argument().matches("[0-9]{1,4}") ? Integer.parseInt(layer.argument()) : 0;
        if (number < 1 || number > most) {
            throw new IllegalArgumentException("'" + layer.name() + "' takes a number of " + what + " from 1 to " + most
                    + ", got '" + layer.argument() + "'");
        }
        return number;
    }

    /** A choice of label, for tasks that have labels. */
    private record ForLabels(Strategy choice) implements Strategy {
        @Override
        public String name() {
            return choice.name();
        }

        @Override
        public dev.llmadapt.Model adapt(
                dev.llmadapt.Model model, dev.llmadapt.Task task, dev.llmadapt.Progress progress) {
            return task.labels().isEmpty()
                    ? new dev.llmadapt.ModelLayer(model) {}
                    : choice.adapt(model, task, progress);
        }
    }

    /** A strategy under the name it was asked by. */
    private record Named(StrategySyntax.Written written, long seed) implements Candidate {
        @Override
        public String name() {
            return written.text();
        }

        @Override
        public Traits traits() {
            return Traits.of(written);
        }

        @Override
        public Strategy keeping(java.nio.file.Path folder) {
            return build(written, seed, trained -> trained.kept(folder));
        }

        @Override
        public Candidate withSeed(long other) {
            return new Named(written, other);
        }

        @Override
        public dev.llmadapt.Model adapt(
                dev.llmadapt.Model model, dev.llmadapt.Task task, dev.llmadapt.Progress progress) {
            return build(written, seed, trained -> trained).adapt(model, task, progress);
        }
    }
}
