package dev.llmadapt.pilot;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Strategies by the names that the command line gives them.
 *
 * <pre>{@code
 * list     = strategy { "," strategy }
 * strategy = layer { "+" layer } [ "/" choice ]      from the inside out: role+few-shot(4)
 * layer    = name [ "(" argument ")" ]
 * }</pre>
 *
 * <table>
 * <caption>Layers</caption>
 * <tr><td>{@code zero-shot}</td><td>the instruction and the labels</td></tr>
 * <tr><td>{@code role}, {@code role(TEXT)}</td><td>the same, spoken to someone</td></tr>
 * <tr><td>{@code few-shot}, {@code few-shot(N)}</td><td>N fixed examples, spread over the labels; N is 8 unless given</td></tr>
 * <tr><td>{@code few-shot-nearest}, {@code few-shot-nearest(N)}</td><td>the N examples most like the question</td></tr>
 * <tr><td>{@code chain-of-thought}</td><td>the model reasons first, then answers</td></tr>
 * </table>
 *
 * <table>
 * <caption>Choices: how one of the task's labels becomes the answer</caption>
 * <tr><td>{@code scored}</td><td>the likeliest label by mean log-probability a token; the default</td></tr>
 * <tr><td>{@code scored-sum}</td><td>the likeliest label by its whole log-probability</td></tr>
 * <tr><td>{@code calibrated}</td><td>as {@code scored}, corrected for what the prompt alone prefers</td></tr>
 * <tr><td>{@code constrained}</td><td>the model writes, one token at a time, and can only write a label</td></tr>
 * </table>
 *
 * A strategy is reported under the name it was asked by.
 */
public final class StrategyCatalog {
    /** What a pilot measures unless told otherwise. */
    public static final String DEFAULT_LIST =
            "zero-shot,role,chain-of-thought,few-shot,few-shot-nearest,role+few-shot-nearest";

    /** How a label is chosen where a strategy does not say. */
    static final String DEFAULT_CHOICE = "scored";

    static final List<String> LAYERS = List.of("zero-shot", "role", "few-shot", "few-shot-nearest", "chain-of-thought");
    static final List<String> CHOICES = List.of("scored", "scored-sum", "calibrated", "constrained");

    private static final String ROLE =
            "You are an experienced specialist in this field who reads carefully and answers precisely.";
    private static final int SHOTS = 8;
    private static final int MAX_SHOTS = 1_000;

    private StrategyCatalog() {}

    /**
     * The strategies of a list.
     *
     * @param list as above
     * @param seed fixes which examples {@code few-shot} shows
     * @throws IllegalArgumentException if a name is unknown, naming those known, an argument does not fit, or a strategy
     *     stands twice
     */
    public static List<Strategy> parse(String list, long seed) {
        return parse(list, seed, PromptingParts.INSTANCE);
    }

    static List<Strategy> parse(String list, long seed, StrategyParts parts) {
        List<Strategy> strategies = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (StrategySyntax.Written written : StrategySyntax.parse(list)) {
            if (!names.add(written.text())) {
                throw new IllegalArgumentException("the strategy '" + written.text() + "' stands twice");
            }
            strategies.add(new Named(written.text(), build(written, seed, parts)));
        }
        return strategies;
    }

    private static Strategy build(StrategySyntax.Written written, long seed, StrategyParts parts) {
        Strategy choice = choice(written.choice().isEmpty() ? DEFAULT_CHOICE : written.choice(), parts);
        Strategy whole = null;
        for (StrategySyntax.Layer part : written.layers()) {
            Strategy layer = layer(part, seed, parts);
            whole = whole == null ? layer : whole.then(layer);
        }
        return whole == null ? choice : whole.then(choice);
    }

    private static Strategy layer(StrategySyntax.Layer layer, long seed, StrategyParts parts) {
        return switch (layer.name()) {
            case "zero-shot" -> bare(layer, parts.zeroShot());
            case "chain-of-thought" -> bare(layer, parts.chainOfThought());
            case "role" -> parts.role(layer.argument().isEmpty() ? ROLE : layer.argument());
            case "few-shot" -> parts.fewShot(shots(layer), seed);
            case "few-shot-nearest" -> parts.nearest(shots(layer));
            default ->
                throw new IllegalArgumentException(
                        "unknown strategy '" + layer.name() + "', expected one of " + LAYERS);
        };
    }

    private static Strategy choice(String name, StrategyParts parts) {
        return switch (name) {
            case "scored" -> parts.scored(true, false);
            case "scored-sum" -> parts.scored(false, false);
            case "calibrated" -> parts.scored(true, true);
            case "constrained" -> parts.constrained();
            default ->
                throw new IllegalArgumentException(
                        "unknown choice of label '/" + name + "', expected one of " + CHOICES);
        };
    }

    private static Strategy bare(StrategySyntax.Layer layer, Strategy strategy) {
        if (!layer.argument().isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + layer.name() + "' takes no argument, got '" + layer.argument() + "'");
        }
        return strategy;
    }

    private static int shots(StrategySyntax.Layer layer) {
        if (layer.argument().isEmpty()) {
            return SHOTS;
        }
        int shots = layer.argument().matches("[0-9]{1,4}") ? Integer.parseInt(layer.argument()) : 0;
        if (shots < 1 || shots > MAX_SHOTS) {
            throw new IllegalArgumentException("'" + layer.name() + "' takes a number of examples from 1 to "
                    + MAX_SHOTS + ", got '" + layer.argument() + "'");
        }
        return shots;
    }

    /** A strategy under the name it was asked by. */
    private record Named(String name, Strategy strategy) implements Strategy {
        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            return strategy.adapt(model, task, progress);
        }
    }
}
