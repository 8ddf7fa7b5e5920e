package dev.llmadapt.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The arguments of a trial, each {@code name=value}. */
final class TrialArguments {
    private final Map<String, String> values;

    private TrialArguments(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads arguments.
     *
     * @param defaults the values of arguments that need not be given
     * @param others names of arguments that may be missing
     * @throws IllegalArgumentException if an argument has no value, or a name that is unknown or met before
     */
    static TrialArguments parse(String[] arguments, Map<String, String> defaults, String... others) {
        List<String> names = new ArrayList<>(defaults.keySet());
        names.addAll(List.of(others));
        names.sort(null);
        Map<String, String> given = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "an argument is name=value, got '" + argument + "'; names are " + names);
            }
            String name = argument.substring(0, equals);
            if (!names.contains(name)) {
                throw new IllegalArgumentException("unknown argument '" + name + "', expected one of " + names);
            }
            if (given.put(name, argument.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("the argument '" + name + "' is given twice, give it once");
            }
        }
        Map<String, String> values = new LinkedHashMap<>(defaults);
        values.putAll(given);
        return new TrialArguments(values);
    }

    /** An argument that has a default. */
    String text(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** A whole number that has a default. */
    int number(String name) {
        return ifNumber(name).orElseThrow();
    }

    /** A number that has a default. */
    double decimal(String name) {
        return ifDecimal(name).orElseThrow();
    }

    /** An argument that has a default and is {@code true} or {@code false}. */
    boolean flag(String name) {
        return as(name, "true or false", TrialArguments::flagOf).orElseThrow();
    }

    /** An argument, if it is there. */
    Optional<String> ifText(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** A whole number, if it is there. */
    Optional<Integer> ifNumber(String name) {
        return as(name, "a whole number", Integer::valueOf);
    }

    /** A number, if it is there. */
    Optional<Double> ifDecimal(String name) {
        return as(name, "a number", Double::valueOf);
    }

    /** A constant, whatever its case and with hyphens for underscores, if it is there. */
    <E extends Enum<E>> Optional<E> ifConstant(String name, Class<E> type) {
        String expected = "one of " + List.of(Objects.requireNonNull(type.getEnumConstants()));
        return as(
                name,
                expected,
                value -> Enum.valueOf(type, value.toUpperCase(Locale.ROOT).replace('-', '_')));
    }

    private <T> Optional<T> as(String name, String expected, Function<String, T> reading) {
        @Nullable String value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.apply(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " must be " + expected + ", " + name + ": '" + value + "'", e);
        }
    }

    private static Boolean flagOf(String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(value);
        }
        return Boolean.valueOf(value);
    }
}
