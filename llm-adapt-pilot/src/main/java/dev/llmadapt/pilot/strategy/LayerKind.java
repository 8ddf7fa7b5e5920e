package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Strategy;
import dev.llmadapt.pilot.strategy.Candidate.Need;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A kind of layer that strategies are written with: a row of {@link StrategyTable}.
 *
 * @param name as it is written
 * @param family the family of strategies that compares it
 * @param meaning what it does, for people
 * @param argument what may stand in parentheses after the name
 * @param needs what it cannot do without
 * @param training the effort of what it trains
 * @param alone whether it answers by itself, with no other layer and no choice of label
 * @param onlyChoice the only choice of label it goes with, or empty where any does
 * @param factory makes the layer
 */
record LayerKind(
        String name,
        StrategyFamily family,
        String meaning,
        Argument argument,
        Set<Need> needs,
        Training training,
        boolean alone,
        String onlyChoice,
        Factory factory) {
    /** Makes a layer of an argument. */
    @FunctionalInterface
    interface Factory {
        /**
         * Makes a layer.
         *
         * @param argument as written, or the default
         * @param seed fixes whatever is drawn
         */
        Strategy make(Value argument, long seed);
    }

    /**
     * The argument of a layer.
     *
     * @param text as written, or the default
     * @param number the number that it is; 0 of a text, and of settings
     * @param written whether it was written, not the default
     */
    record Value(String text, int number, boolean written) {}

    /**
     * The argument that may stand in parentheses after a name.
     *
     * @param sign stands for it where the syntax is shown; empty for no argument
     * @param meaning what a number counts; empty for a text
     * @param otherwise the argument where none is written
     * @param max the largest number; 0 for a text
     * @param settings whether {@code name=value} may stand in place of a number
     */
    record Argument(String sign, String meaning, String otherwise, int max, boolean settings) {
        static final Argument NONE = new Argument("", "", "", 0, false);

        static Argument text(String otherwise) {
            return text("TEXT", otherwise);
        }

        static Argument text(String sign, String otherwise) {
            return new Argument(sign, "", otherwise, 0, false);
        }

        static Argument number(String meaning, int otherwise, int max) {
            return new Argument("N", meaning, Integer.toString(otherwise), max, false);
        }

        static Argument numberOrSettings(String meaning, int otherwise, int max) {
            return new Argument("N", meaning, Integer.toString(otherwise), max, true);
        }

        /** How a name is written with it: {@code few-shot[(N)]}. */
        String syntax(String name) {
            return sign.isEmpty() ? name : name + "[(" + sign + ")]";
        }

        /** The default and the range of a number, for the guide; empty for others. */
        String limits() {
            return max == 0
                    ? ""
                    : "; N, the number of " + meaning + ", is " + otherwise + " unless given, 1 to "
                            + String.format(Locale.ROOT, "%,d", max)
                            + (settings ? "; or its settings" : "");
        }

        /**
         * Reads the argument of a layer.
         *
         * @throws IllegalArgumentException if it does not fit, naming what does
         */
        Value read(StrategySyntax.Layer layer) {
            String written = layer.argument();
            if (sign.isEmpty() && !written.isEmpty()) {
                throw new IllegalArgumentException("'" + layer.name() + "' takes no argument, got '" + written + "'");
            }
            String text = written.isEmpty() ? otherwise : written;
            if (max == 0 || (settings && text.contains("="))) {
                return new Value(text, 0, !written.isEmpty());
            }
            int number = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
            if (number < 1 || number > max) {
                throw new IllegalArgumentException("'" + layer.name() + "' takes a number of " + meaning + " from 1 to "
                        + max + (settings ? ", or settings such as rate=0.0004 steps=200" : "") + ", got '" + written
                        + "'");
            }
            return new Value(text, number, !written.isEmpty());
        }
    }

    /** A kind without argument that needs nothing. */
    LayerKind(String name, StrategyFamily family, String meaning, Factory factory) {
        this(name, family, meaning, Argument.NONE, Set.of(), Training.NONE, false, "", factory);
    }

    LayerKind withArgument(Argument argument) {
        return new LayerKind(name, family, meaning, argument, needs, training, alone, onlyChoice, factory);
    }

    LayerKind withNeeds(Need... some) {
        Set<Need> all = Collections.unmodifiableSet(EnumSet.copyOf(Arrays.asList(some)));
        return new LayerKind(name, family, meaning, argument, all, training, alone, onlyChoice, factory);
    }

    LayerKind withTraining(Training effort) {
        return new LayerKind(name, family, meaning, argument, needs, effort, alone, onlyChoice, factory);
    }

    /** This kind, which answers by itself. */
    LayerKind standingAlone() {
        return new LayerKind(name, family, meaning, argument, needs, training, true, onlyChoice, factory);
    }

    LayerKind withOnlyChoice(String choice) {
        return new LayerKind(name, family, meaning, argument, needs, training, alone, choice, factory);
    }

    /** Whether it trains. */
    boolean trains() {
        return training != Training.NONE;
    }

    /** The number of examples that a layer as written needs at least. */
    int shots(StrategySyntax.Layer layer) {
        return !needs.contains(Need.EXAMPLES)
                ? 0
                : trains() || argument.max() == 0 ? 1 : argument.read(layer).number();
    }

    Strategy make(StrategySyntax.Layer layer, long seed) {
        return factory.make(argument.read(layer), seed);
    }

    /** How it is written: {@code few-shot[(N)]}. */
    String syntax() {
        return argument.syntax(name);
    }

    /** Its row in the guide to strategies, in Markdown. */
    String guideRow() {
        String needed = needs.stream().map(Need::toString).collect(Collectors.joining(", "));
        return "| `" + syntax() + "` | " + family.title() + " | " + meaning + argument.limits() + " | " + needed + " |";
    }
}
