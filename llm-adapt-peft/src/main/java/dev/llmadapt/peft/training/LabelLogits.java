package dev.llmadapt.peft.training;

import java.util.ArrayList;
import java.util.List;

/**
 * The logits that a head gives texts whose labels are known.
 *
 * @param logits of each text, a number a label
 * @param labels the right label of each text, from 0
 */
public record LabelLogits(List<float[]> logits, List<Integer> labels) {
    private static final double COLDEST = 0.05;
    private static final double HOTTEST = 20;
    private static final int HALVINGS = 60;

    /** Checks the components and copies the lists. */
    public LabelLogits {
        logits = List.copyOf(logits);
        labels = List.copyOf(labels);
        if (logits.size() != labels.size()) {
            throw new IllegalArgumentException(
                    "expected a label for each text, got " + logits.size() + " texts and " + labels.size() + " labels");
        }
    }

    static LabelLogits none() {
        return new LabelLogits(List.of(), List.of());
    }

    LabelLogits plus(float[][] more, List<TrainingText> texts) {
        List<float[]> all = new ArrayList<>(logits);
        List<Integer> known = new ArrayList<>(labels);
        for (int i = 0; i < more.length; i++) {
            all.add(more[i]);
            known.add(texts.get(i).label());
        }
        return new LabelLogits(all, known);
    }

    /** The mean cross-entropy, in nats. */
    public double loss() {
        return loss(1);
    }

    /** The mean cross-entropy of logits that are divided by a temperature. */
    private double loss(double temperature) {
        double sum = 0;
        for (int i = 0; i < labels.size(); i++) {
            float[] row = logits.get(i);
            double highest = row[best(row)];
            double all = 0;
            for (float logit : row) {
                all += Math.exp((logit - highest) / temperature);
            }
            sum += Math.log(all) - (row[labels.get(i)] - highest) / temperature;
        }
        return sum / labels.size();
    }

    /** The share of texts whose label has the highest logit, the first of equals. */
    public double accuracy() {
        int right = 0;
        for (int i = 0; i < labels.size(); i++) {
            right += best(logits.get(i)) == labels.get(i) ? 1 : 0;
        }
        return (double) right / labels.size();
    }

    /**
     * The temperature by which logits are divided so that the cross-entropy of these texts is lowest (Guo et al. 2017),
     * from {@value #COLDEST} to {@value #HOTTEST}.
     */
    public double temperature() {
        double low = Math.log(COLDEST); // the loss has one minimum over the inverse of the temperature
        double high = Math.log(HOTTEST);
        for (int i = 0; i < HALVINGS; i++) {
            double first = low + (high - low) / 3;
            double second = high - (high - low) / 3;
            if (loss(Math.exp(first)) <= loss(Math.exp(second))) {
                high = second;
            } else {
                low = first;
            }
        }
        return Math.exp((low + high) / 2);
    }

    private static int best(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }
}
