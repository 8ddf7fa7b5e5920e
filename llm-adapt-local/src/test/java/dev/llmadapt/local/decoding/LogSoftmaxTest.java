package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogSoftmaxTest {
    @Test
    void normalizer_anySizeAndSpread_isTheExactOneWithin1e5() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int size : new int[] {1, 2, 3, 7, 2047, 2048, 2049, 50_000}) {
            for (double spread : new double[] {0, 0.1, 1, 5, 30, 1000}) {
                float[] logits = new float[size];
                float shift = (float) (random.nextGaussian() * 100);
                for (int i = 0; i < size; i++) {
                    logits[i] = shift + (float) (random.nextGaussian() * spread);
                }
                assertThat(LogSoftmax.normalizer(logits))
                        .as("size %d, spread %s, seed %d", size, spread, seed)
                        .isCloseTo(exact(logits), within(1e-5));
            }
        }
    }

    @Test
    void normalizer_oneFarAboveTheRest_isThatOne() {
        float[] logits = new float[300];
        Arrays.fill(logits, -Float.MAX_VALUE / 4);
        logits[17] = 3;
        assertThat(LogSoftmax.normalizer(logits)).isCloseTo(3, within(1e-12));
    }

    private static double exact(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
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
