package dev.llmadapt.pilot.strategy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the text form of strategies that {@link StrategyCatalog} documents into names and arguments. */
final class StrategySyntax {
    private StrategySyntax() {}

    /**
     * One strategy as written.
     *
     * @param text as written, white space at the ends aside
     * @param layers from the inside out, at least one
     * @param choice how the label is chosen, or empty for the default
     */
    record Written(String text, List<Layer> layers, String choice) {
        Written {
            layers = List.copyOf(layers);
        }

        /** This strategy of other layers, under a text that says so. */
        Written with(List<Layer> others) {
            String written = others.stream().map(Layer::text).collect(Collectors.joining("+"));
            return new Written(choice.isEmpty() ? written : written + "/" + choice, others, choice);
        }
    }

    /**
     * One layer as written.
     *
     * @param name before the parenthesis
     * @param argument inside the parentheses, or empty without any
     */
    record Layer(String name, String argument) {
        /** The layer as it is written. */
        String text() {
            return argument.isEmpty() ? name : name + "(" + argument + ")";
        }
    }

    /** The strategies of a list separated by commas; commas inside parentheses do not separate. */
    static List<Written> parse(String list) {
        List<Written> strategies = new ArrayList<>();
        for (String text : split(list, ',')) {
            String strategy = text.strip();
            List<String> parts = split(strategy, '/');
            if (parts.size() > 2) {
                throw new IllegalArgumentException(
                        "a strategy has at most one '/', before its choice of label, got '" + strategy + "'");
            }
            List<Layer> layers = new ArrayList<>();
            for (String layer : split(parts.get(0), '+')) {
                layers.add(layer(layer.strip(), strategy));
            }
            String choice = parts.size() == 2 ? parts.get(1).strip() : "";
            if (parts.size() == 2 && choice.isEmpty()) {
                throw new IllegalArgumentException("expected a choice of label after '/', got '" + strategy + "'");
            }
            strategies.add(new Written(strategy, layers, choice));
        }
        return strategies;
    }

    /**
     * The two strategies of an argument that are separated by {@code >}.
     *
     * @throws IllegalArgumentException if there are not two
     */
    static List<Written> pair(String argument) {
        List<String> parts = split(argument, '>');
        List<Written> both = new ArrayList<>();
        for (String part : parts) {
            both.addAll(parse(part));
        }
        if (parts.size() != 2 || both.size() != 2) {
            throw new IllegalArgumentException(
                    "expected a teacher and a student, such as embeddings>words, got '" + argument + "'");
        }
        return both;
    }

    /**
     * Reads a name with its argument.
     *
     * @param strategy where it stands, for the message
     */
    static Layer layer(String text, String strategy) {
        int open = text.indexOf('(');
        String name = open < 0 ? text : text.substring(0, open).strip();
        if (name.isEmpty()) {
            throw new IllegalArgumentException("expected the name of a strategy, got '" + strategy + "'");
        }
        if (open < 0) {
            return new Layer(name, "");
        }
        String argument = text.substring(open + 1, text.length() - 1).strip();
        if (!text.endsWith(")") || argument.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected an argument in parentheses after '" + name + "', got '" + strategy + "'");
        }
        return new Layer(name, argument);
    }

    /** Splits outside parentheses. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth < 0) {
                break;
            }
            if (c == separator && depth == 0) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        if (depth != 0) {
            throw new IllegalArgumentException("parentheses do not match in '" + text.strip() + "'");
        }
        parts.add(text.substring(start));
        return parts;
    }
}
