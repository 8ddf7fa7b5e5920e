package dev.llmadapt.local.architecture;

import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.RopeScaling;
import java.util.Arrays;

/**
 * Cosines and sines of rotary position embedding (Su et al. 2021): for position p and pair i the angle is {@code p *
 * f_i}, {@code f_i = theta^(-2i/rotaryDim)} as changed by the checkpoint's rope scaling.
 *
 * @param frequencies of the pairs
 * @param magnitude what cosines and sines are multiplied with
 * @param maxPositions rows of the tables
 */
record RotaryTables(double[] frequencies, double magnitude, int maxPositions) {
    /**
     * Tables of some positions.
     *
     * @param context the most tokens the model is used with, which decides where the scaling depends on it; may be more
     *     than the tables have
     */
    static RotaryTables of(Rotary rotary, ModelConfig config, int maxPositions, int context) {
        int half = config.rotaryDim() / 2;
        double[] frequencies = new double[half];
        for (int i = 0; i < half; i++) {
            frequencies[i] = Math.pow(rotary.theta(), -2.0 * i / config.rotaryDim());
        }
        RopeScaling scaling = rotary.scaling();
        double magnitude = 1;
        if (scaling instanceof RopeScaling.Yarn yarn) {
            magnitude = yarn.attentionFactor();
            frequencies = yarn(yarn, rotary.theta(), frequencies);
        } else if (scaling instanceof RopeScaling.LongRope longRope) {
            magnitude = longRope.attentionFactor();
            frequencies = scaled(new RopeScaling.Factors(longRope.divisors(context)), frequencies);
        } else {
            frequencies = scaled(scaling, frequencies);
        }
        return new RotaryTables(frequencies, magnitude, maxPositions);
    }

    /** With pairs behind that have no use. */
    RotaryTables withPairs(int pairs) {
        return new RotaryTables(Arrays.copyOf(frequencies, pairs), magnitude, maxPositions);
    }

    private static double[] scaled(RopeScaling scaling, double[] frequencies) {
        double[] result = frequencies.clone();
        for (int i = 0; i < result.length; i++) {
            if (scaling instanceof RopeScaling.Linear linear) {
                result[i] /= linear.factor();
            } else if (scaling instanceof RopeScaling.Llama3 llama3) {
                result[i] = llama3(llama3, frequencies[i]);
            } else if (scaling instanceof RopeScaling.Factors factors) {
                result[i] /= factors.divisors().get(i);
            }
        }
        return result;
    }

    private static double llama3(RopeScaling.Llama3 scaling, double frequency) {
        double turns = scaling.originalContext() * frequency / (2 * Math.PI);
        double keep = (turns - scaling.lowFreqFactor()) / (scaling.highFreqFactor() - scaling.lowFreqFactor());
        double kept = Math.min(1, Math.max(0, keep));
        return frequency * (kept + (1 - kept) / scaling.factor());
    }

    private static double[] yarn(RopeScaling.Yarn scaling, double theta, double[] frequencies) {
        double low = index(scaling, scaling.betaFast(), theta, frequencies.length);
        double high = index(scaling, scaling.betaSlow(), theta, frequencies.length);
        if (scaling.truncate()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, 2 * frequencies.length - 1);
        double width = high == low ? 0.001 : high - low;
        double[] result = frequencies.clone();
        for (int i = 0; i < result.length; i++) {
            double divided = Math.min(1, Math.max(0, (i - low) / width));
            result[i] *= 1 - divided + divided / scaling.factor();
        }
        return result;
    }

    /** The index of the pair that makes so many turns in the original context. */
    private static double index(RopeScaling.Yarn scaling, double turns, double theta, int pairs) {
        return pairs * Math.log(scaling.originalContext() / (turns * 2 * Math.PI)) / Math.log(theta);
    }

    /** {@code (maxPositions, rotaryDim / 2)} */
    float[] cos() {
        return table(true);
    }

    /** {@code (maxPositions, rotaryDim / 2)} */
    float[] sin() {
        return table(false);
    }

    private float[] table(boolean cosine) {
        float[] values = new float[maxPositions * frequencies.length];
        int next = 0;
        for (int position = 0; position < maxPositions; position++) {
            for (double frequency : frequencies) {
                // transformers computes the angle in single precision; follow it so that long contexts agree
                float angle = position * (float) frequency;
                values[next++] = (float) (magnitude * (cosine ? Math.cos(angle) : Math.sin(angle)));
            }
        }
        return values;
    }
}
