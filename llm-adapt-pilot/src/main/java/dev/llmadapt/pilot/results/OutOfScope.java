package dev.llmadapt.pilot.results;

import java.util.Arrays;
import java.util.Optional;

/**
 * The answers to messages that none of the labels fits.
 *
 * @param messages those that were asked; 0 where not measured
 * @param answered those that got a label all the same, one such as {@code other} aside
 * @param separation how far the confidence of answers tells such messages from the test examples; empty where answers
 *     have no probability
 */
public record OutOfScope(int messages, int answered, Optional<Separation> separation) {
    /** Not measured. */
    public static final OutOfScope NONE = new OutOfScope(0, 0, Optional.empty());

    /** Whether it was measured. */
    public boolean measured() {
        return messages > 0;
    }

    /**
     * The separation of messages in and out of scope by confidence (Hendrycks and Gimpel 2017, "A Baseline for
     * Detecting Misclassified and Out-of-Distribution Examples"; the threshold as in Liang et al. 2018, ODIN).
     *
     * @param inScope test examples whose answers have a confidence
     * @param threshold the confidence that 95 % of those reach
     * @param confident messages out of scope that were answered with a label and reach it: what a person would not see
     * @param auroc the probability that a test example has more confidence than a message out of scope, ties counting
     *     half; 1 tells them apart, 0.5 does not
     */
    public record Separation(int inScope, double threshold, int confident, double auroc) {
        private static final double BELOW = 0.05;

        /**
         * The separation.
         *
         * @param in confidences of test examples, at least one
         * @param out confidences of messages out of scope, at least one; 0 where a message was refused
         */
        public static Separation of(double[] in, double[] out) {
            if (in.length == 0 || out.length == 0) {
                throw new IllegalArgumentException(
                        "a separation needs confidences in and out of scope, got " + in.length + " and " + out.length);
            }
            double[] sorted = in.clone();
            Arrays.sort(sorted);
            double threshold = sorted[(int) (BELOW * in.length)];
            int confident = 0;
            double above = 0;
            for (double each : out) {
                confident += each >= threshold ? 1 : 0;
                for (double other : in) {
                    above += other > each ? 1 : other == each ? 0.5 : 0;
                }
            }
            return new Separation(in.length, threshold, confident, above / ((double) in.length * out.length));
        }
    }
}
