package dev.llmadapt.peft.combine;

import dev.llmadapt.peft.combine.Combination.MajoritySign;
import dev.llmadapt.peft.combine.Combination.Mixing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Numbers of several parts that stand at the same places, made one: the task arithmetic of PEFT's {@code merge_utils}.
 * Sums are in {@code float} and in the order of the parts, as there, so that signs are elected alike.
 */
final class Mix {
    private Mix() {}

    /**
     * Mixes arrays of equal length, which stay as they are.
     *
     * @param place names the tensor; random choices depend on it and on the seed, not on the order of the work
     */
    static float[] of(List<float[]> parts, float[] weights, Mixing how, String place) {
        List<float[]> kept = new ArrayList<>();
        for (int p = 0; p < parts.size(); p++) {
            float[] part = parts.get(p);
            if (how instanceof Mixing.MagnitudePrune prune) {
                part = largest(part, prune.density());
            } else if (how instanceof Mixing.Ties ties) {
                part = largest(part, ties.density());
            } else if (how instanceof Mixing.DareLinear dare) {
                part = random(part, dare.density(), seed(dare.seed(), place, p));
            } else if (how instanceof Mixing.DareTies dare) {
                part = random(part, dare.density(), seed(dare.seed(), place, p));
            }
            kept.add(part);
        }
        if (how instanceof Mixing.Ties ties) {
            return majority(kept, weights, ties.majority());
        }
        if (how instanceof Mixing.DareTies dare) {
            return majority(kept, weights, dare.majority());
        }
        float[] sum = new float[parts.get(0).length];
        for (int p = 0; p < kept.size(); p++) {
            float[] part = kept.get(p);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += part[i] * weights[p];
            }
        }
        return sum;
    }

    /** The average, by weight, of the numbers whose sign is the elected one. */
    private static float[] majority(List<float[]> parts, float[] weights, MajoritySign by) {
        float[] merged = new float[parts.get(0).length];
        for (int i = 0; i < merged.length; i++) {
            float vote = 0;
            for (float[] part : parts) {
                vote += by == MajoritySign.TOTAL ? part[i] : Math.signum(part[i]);
            }
            float sign = vote >= 0 ? 1 : -1;
            float sum = 0;
            int count = 0;
            for (int p = 0; p < parts.size(); p++) {
                float value = parts.get(p)[i];
                if (Math.signum(value) == sign) {
                    sum += value * weights[p];
                    count++;
                }
            }
            merged[i] = sum / Math.max(1, count);
        }
        return merged;
    }

    /** The numbers of largest magnitude, zero elsewhere; of equal magnitudes the first stay. */
    static float[] largest(float[] values, double density) {
        int keep = (int) (density * values.length);
        if (density >= 1 || keep == values.length) {
            return values;
        }
        float[] kept = new float[values.length];
        if (keep == 0) {
            return kept;
        }
        float[] magnitudes = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            magnitudes[i] = Math.abs(values[i]);
        }
        Arrays.sort(magnitudes);
        float least = magnitudes[values.length - keep];
        int equal = keep; // of those at the threshold, how many stay
        for (int i = values.length - 1; i >= 0 && magnitudes[i] > least; i--) {
            equal--;
        }
        for (int i = 0; i < values.length; i++) {
            float magnitude = Math.abs(values[i]);
            if (magnitude > least || (magnitude == least && equal-- > 0)) {
                kept[i] = values[i];
            }
        }
        return kept;
    }

    private static float[] random(float[] values, double density, long seed) {
        if (density >= 1) {
            return values;
        }
        SplittableRandom random = new SplittableRandom(seed);
        float[] kept = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            if (random.nextDouble() < density) {
                kept[i] = values[i] / (float) density;
            }
        }
        return kept;
    }

    private static long seed(long seed, String place, int part) {
        long mixed = seed;
        for (int i = 0; i < place.length(); i++) {
            mixed = mixed * 0x9E3779B97F4A7C15L + place.charAt(i);
        }
        return mixed * 0x9E3779B97F4A7C15L + part;
    }
}
