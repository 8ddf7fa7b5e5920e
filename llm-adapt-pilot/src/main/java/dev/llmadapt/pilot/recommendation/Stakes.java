package dev.llmadapt.pilot.recommendation;

import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.task.LabelPair;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The stakes of a use: what errors, labels and people cost, all in the currency of the other prices.
 *
 * @param error the price of an answer that is wrong, where its pair of labels has none of its own; empty where none is
 *     told, 0 where errors are said to cost nothing
 * @param errors the prices of pairs of labels, which go before {@code error}
 * @param label the price of one labelled example
 * @param person the price of one request that a person answers
 * @param horizonMonths the months over which adaptation and labels are spread, at least 1
 * @param precision the share of automatic answers that must be right, in (0, 1), for the others to go to a person; 0
 *     where none is asked for
 * @param currency the sign or code before amounts, such as EUR; empty for none
 */
public record Stakes(
        OptionalDouble error,
        Map<LabelPair, Double> errors,
        double label,
        double person,
        int horizonMonths,
        double precision,
        String currency) {
    private static final Stakes NONE = new Stakes(OptionalDouble.empty(), Map.of(), 0, 0, 12, 0, "");
    private static final double EXAMPLE = 0.95;

    /** Copies the prices; refuses those below 0, and a horizon or precision that cannot be. */
    public Stakes {
        errors = Map.copyOf(errors);
        error.ifPresent(price -> requirePrice("error", price));
        requirePrice("label", label);
        requirePrice("person", person);
        errors.forEach((pair, price) -> requirePrice(pair.toString(), price));
        if (horizonMonths < 1) {
            throw new IllegalArgumentException("horizonMonths must be at least 1, got " + horizonMonths);
        }
        if (!(precision >= 0 && precision < 1)) {
            throw new IllegalArgumentException(
                    "precision must be in (0, 1), or 0 where none is asked for, got " + precision);
        }
    }

    /** No price of errors, labels and people that cost nothing, a horizon of a year, no precision asked for. */
    public static Stakes none() {
        return NONE;
    }

    /** Returns these stakes with another price of an error. */
    public Stakes withError(double error) {
        return new Stakes(OptionalDouble.of(error), errors, label, person, horizonMonths, precision, currency);
    }

    /** Returns these stakes with other prices of pairs of labels. */
    public Stakes withErrors(Map<LabelPair, Double> errors) {
        return new Stakes(error, errors, label, person, horizonMonths, precision, currency);
    }

    /** Returns these stakes with another price of a labelled example. */
    public Stakes withLabel(double label) {
        return new Stakes(error, errors, label, person, horizonMonths, precision, currency);
    }

    /** Returns these stakes with another price of a person's answer. */
    public Stakes withPerson(double person) {
        return new Stakes(error, errors, label, person, horizonMonths, precision, currency);
    }

    /** Returns these stakes with another horizon. */
    public Stakes withHorizonMonths(int horizonMonths) {
        return new Stakes(error, errors, label, person, horizonMonths, precision, currency);
    }

    /** Returns these stakes with another precision of automatic answers. */
    public Stakes withPrecision(double precision) {
        return new Stakes(error, errors, label, person, horizonMonths, precision, currency);
    }

    /** Returns these stakes in another currency. */
    public Stakes withCurrency(String currency) {
        return new Stakes(error, errors, label, person, horizonMonths, precision, currency);
    }

    /** Whether a precision of automatic answers is asked for. */
    public boolean asksPrecision() {
        return precision > 0;
    }

    /** The precision that is asked for; where none is, 95 %, as an example. */
    public double precisionOrExample() {
        return asksPrecision() ? precision : EXAMPLE;
    }

    /** Whether anything beyond the machine costs something. */
    public boolean any() {
        return mostOfAnError() > 0 || label > 0 || person > 0;
    }

    /**
     * The price of what is wrong with an answer; one that is partly right costs a part, one that failed {@code error}.
     */
    double loss(Outcome outcome) {
        double usual = error.orElse(0);
        double price = outcome.error().isEmpty()
                ? errors.getOrDefault(new LabelPair(outcome.expected(), outcome.answer()), usual)
                : usual;
        return (1 - outcome.score()) * price;
    }

    /**
     * Refuses prices of pairs with a label that a task does not have: they would never be counted.
     *
     * @throws IllegalArgumentException if there is one, naming it and the labels
     */
    public void requireLabels(List<String> labels) {
        errors.keySet().stream()
                .flatMap(pair -> Stream.of(pair.right(), pair.given()))
                .filter(label -> !labels.contains(label))
                .findFirst()
                .ifPresent(label -> {
                    throw new IllegalArgumentException("the prices of errors have the label '" + label
                            + "', which the task does not have; "
                            + (labels.isEmpty()
                                    ? "its answers are no labels"
                                    : "its labels: " + String.join(", ", labels)));
                });
    }

    /** Whether errors are said to cost nothing, so that how many there are does not matter above the least quality. */
    public boolean freeErrors() {
        return error.isPresent() && mostOfAnError() == 0;
    }

    /** The highest price of an error. */
    double mostOfAnError() {
        return errors.values().stream().mapToDouble(Double::doubleValue).reduce(error.orElse(0), Math::max);
    }

    private static void requirePrice(String name, double price) {
        if (!(price >= 0 && price < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a price must be 0 or more, " + name + ": " + price);
        }
    }
}
