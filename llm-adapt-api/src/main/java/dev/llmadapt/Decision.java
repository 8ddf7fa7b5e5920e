package dev.llmadapt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/**
 * A choice among labels: all of them with their probabilities.
 *
 * @param choices the labels in the order asked, at least one, all different; their probabilities add up to 1
 * @param calibrated whether the probabilities were fitted to how often such answers are right, on examples that the
 *     model had not learned from; otherwise they only rank the labels
 */
public record Decision(List<Choice> choices, boolean calibrated) {
    private static final double TOLERANCE = 1e-6;

    /** Refuses no choices, equal labels and probabilities that do not add up to 1, and copies the list. */
    public Decision {
        choices = List.copyOf(Objects.requireNonNull(choices, "choices must not be null"));
        List<String> labels = choices.stream().map(Choice::label).toList();
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("a decision needs at least one choice, got none");
        }
        if (new LinkedHashSet<>(labels).size() != labels.size()) {
            throw new IllegalArgumentException("the labels of a decision must all differ, labels: " + labels);
        }
        double sum = choices.stream().mapToDouble(Choice::probability).sum();
        if (Math.abs(sum - 1) > TOLERANCE) {
            throw new IllegalArgumentException("the probabilities of a decision must add up to 1, they are " + sum
                    + " together: " + Brief.of(choices.toString()));
        }
    }

    /**
     * A label with its probability.
     *
     * @param label the label
     * @param probability how probable it is, in [0, 1]
     */
    public record Choice(String label, double probability) {
        /** Refuses null and what is no probability. */
        public Choice {
            Objects.requireNonNull(label, "label must not be null");
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException(
                        "a probability must be in [0, 1], probability of '" + label + "': " + probability);
            }
        }
    }

    /**
     * The decision that scores of labels make: their log-probabilities, made to add up to 1. Not calibrated.
     *
     * @throws IllegalArgumentException if there are no scores, or two of one label
     */
    public static Decision of(Scores scores) {
        return softmax(
                scores.entries().stream().map(Scores.Entry::continuation).toList(),
                scores.entries().stream()
                        .mapToDouble(Scores.Entry::logProbability)
                        .toArray(),
                false);
    }

    /**
     * The decision whose probabilities are in proportion to the exponentials of scores.
     *
     * @param labels the labels, all different
     * @param scores a score per label, such as its log-probability up to a constant; negative infinity is impossible
     * @param calibrated whether the scores were fitted so that the probabilities can be trusted
     * @throws IllegalArgumentException if there are not as many scores as labels, or no score is finite
     */
    public static Decision softmax(List<String> labels, double[] scores, boolean calibrated) {
        if (labels.size() != scores.length) {
            throw new IllegalArgumentException("a decision needs a score per label, got " + labels.size()
                    + " labels and " + scores.length + " scores");
        }
        double highest = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            highest = Math.max(highest, score); // NaN stays
        }
        if (!labels.isEmpty() && !Double.isFinite(highest)) {
            throw new IllegalArgumentException("the scores of labels must be numbers, the highest is " + highest);
        }
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - highest);
        }
        List<Choice> choices = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            choices.add(new Choice(labels.get(i), Math.exp(scores[i] - highest) / sum));
        }
        return new Decision(choices, calibrated);
    }

    /**
     * The decision for one label.
     *
     * @param labels the labels to choose among
     * @param label the one of probability 1
     * @throws IllegalArgumentException if it is none of the labels
     */
    public static Decision certain(List<String> labels, String label) {
        if (!labels.contains(label)) {
            throw new IllegalArgumentException("unknown label '" + label + "', expected one of " + labels);
        }
        return new Decision(
                labels.stream()
                        .map(each -> new Choice(each, each.equals(label) ? 1 : 0))
                        .toList(),
                false);
    }

    /** The labels, in the order asked. */
    public List<String> labels() {
        return choices.stream().map(Choice::label).toList();
    }

    /** The most probable label; the first of equals. */
    public String label() {
        return best().label();
    }

    /** The probability of {@link #label()}. */
    public double probability() {
        return best().probability();
    }

    /**
     * The probability of a label.
     *
     * @throws IllegalArgumentException if it is none of {@link #labels()}
     */
    public double probability(String label) {
        for (Choice choice : choices) {
            if (choice.label().equals(label)) {
                return choice.probability();
            }
        }
        throw new IllegalArgumentException("unknown label '" + label + "', expected one of " + labels());
    }

    /**
     * The decision among some of the labels, in the order given: their probabilities, made to add up to 1; equal ones
     * if all are 0.
     *
     * @throws IllegalArgumentException if a label is none of {@link #labels()}
     */
    public Decision restrictedTo(List<String> labels) {
        double sum = labels.stream().mapToDouble(this::probability).sum();
        return new Decision(
                labels.stream()
                        .map(label -> new Choice(
                                label, sum > 0 ? Math.min(1, probability(label) / sum) : 1.0 / labels.size()))
                        .toList(),
                calibrated);
    }

    private Choice best() {
        Choice best = choices.get(0);
        for (Choice choice : choices) {
            best = choice.probability() > best.probability() ? choice : best;
        }
        return best;
    }
}
