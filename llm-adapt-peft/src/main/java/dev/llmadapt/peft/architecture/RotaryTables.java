package dev.llmadapt.peft.architecture;

import dev.llmadapt.peft.checkpoint.ModelConfig;
import dev.llmadapt.peft.checkpoint.RopeScaling;
import java.nio.ByteBuffer;

/**
 * Cosines and sines of rotary position embedding (Su et al. 2021): for position p and pair i the angle is
 * {@code p * f_i}, {@code f_i = theta^(-2i/rotaryDim)} as changed by the checkpoint's rope scaling.
 */
record RotaryTables(double[] frequencies, int maxPositions) {
    static RotaryTables of(Rotary rotary, ModelConfig config, int maxPositions) {
        int half = config.rotaryDim() / 2;
        double[] frequencies = new double[half];
        for (int i = 0; i < half; i++) {
            frequencies[i] = Math.pow(rotary.theta(), -2.0 * i / config.rotaryDim());
        }
        return new RotaryTables(scaled(rotary.scaling(), frequencies), maxPositions);
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

    /** {@code (maxPositions, rotaryDim / 2)} */
    ByteBuffer cos() {
        return table(true);
    }

    /** {@code (maxPositions, rotaryDim / 2)} */
    ByteBuffer sin() {
        return table(false);
    }

    private ByteBuffer table(boolean cosine) {
        float[] values = new float[maxPositions * frequencies.length];
        int next = 0;
        for (int position = 0; position < maxPositions; position++) {
            for (double frequency : frequencies) {
                // transformers computes the angle in single precision; follow it so that long contexts agree
                float angle = position * (float) frequency;
                values[next++] = (float) (cosine ? Math.cos(angle) : Math.sin(angle));
            }
        }
        return Buffers.of(values);
    }
}
