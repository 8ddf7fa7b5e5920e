package dev.llmadapt.local.decoding;

/** Log-probabilities from logits. */
final class LogSoftmax {
    /** The logits taken at a time, few enough for a processor's nearest cache. */
    private static final int BLOCK = 2048;
    /**
     * Logits that lie further below the largest count as this far: all of them together do not reach the last digit.
     */
    private static final float LEAST = -40;

    private LogSoftmax() {}

    /**
     * Returns {@code log(sum(exp(logits)))}, computed around the largest; within 1e-5.
     *
     * @param logits finite numbers
     */
    static double normalizer(float[] logits) {
        float max = max(logits);
        float[] block = new float[Math.min(BLOCK, logits.length)];
        double sum = 0;
        for (int from = 0; from < logits.length; from += BLOCK) {
            int count = Math.min(BLOCK, logits.length - from);
            System.arraycopy(logits, from, block, 0, count);
            exponentials(block, count, max);
            sum += sum(block, count);
        }
        return max + Math.log(sum);
    }

    /** Four at a time, since a comparison waits for the one before. */
    private static float max(float[] values) {
        float a = values[0];
        float b = a;
        float c = a;
        float d = a;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a = values[i] > a ? values[i] : a;
            b = values[i + 1] > b ? values[i + 1] : b;
            c = values[i + 2] > c ? values[i + 2] : c;
            d = values[i + 3] > d ? values[i + 3] : d;
        }
        for (; i < values.length; i++) {
            a = values[i] > a ? values[i] : a;
        }
        return Math.max(Math.max(a, b), Math.max(c, d));
    }

    /**
     * Replaces each value by {@code exp(value - max)}: {@code exp(x) = exp(x / 64)^64}, by a polynomial and six
     * squarings, products and sums alone, which the compiler makes vector instructions of. Several times as fast as
     * {@link Math#exp} one by one.
     */
    private static void exponentials(float[] values, int count, float max) {
        for (int i = 0; i < count; i++) {
            float y = Math.max(values[i] - max, LEAST) * (1 / 64f);
            float p = 1 + y * (1 + y * (1 / 2f + y * (1 / 6f + y * (1 / 24f + y * (1 / 120f + y * (1 / 720f))))));
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            p *= p;
            values[i] = p;
        }
    }

    /** Four sums, since an addition waits for the one before. */
    private static double sum(float[] values, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < count; i++) {
            a += values[i];
        }
        return a + b + (c + d);
    }
}
