package dev.llmadapt.local.decoding;

/** Log-probabilities from logits. */
final class LogSoftmax {
    private LogSoftmax() {}

    /** Returns {@code log(sum(exp(logits)))}, computed around the largest. */
    static double normalizer(float[] logits) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }
}
