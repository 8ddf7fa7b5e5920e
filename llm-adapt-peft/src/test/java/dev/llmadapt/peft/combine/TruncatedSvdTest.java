package dev.llmadapt.peft.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.peft.folder.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TruncatedSvdTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void eigen_randomSymmetric_givesItBack(long seed) {
        Random random = new Random(seed);
        int n = 1 + random.nextInt(40);
        double[][] matrix = new double[n][n];
        boolean degenerate = random.nextInt(3) == 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double value = degenerate && random.nextInt(4) > 0 ? 0 : random.nextGaussian();
                matrix[i][j] = value;
                matrix[j][i] = value;
            }
        }
        double[][] copy = new double[n][];
        for (int i = 0; i < n; i++) {
            copy[i] = matrix[i].clone();
        }
        SymmetricEigen eigen = SymmetricEigen.of(copy);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                double dot = 0;
                for (int k = 0; k < n; k++) {
                    sum += eigen.values()[k] * eigen.vectors()[k][i] * eigen.vectors()[k][j];
                    dot += eigen.vectors()[i][k] * eigen.vectors()[j][k];
                }
                assertThat(sum).as("seed %d, (%d, %d)", seed, i, j).isCloseTo(matrix[i][j], within(1e-11));
                assertThat(dot).as("seed %d, (%d, %d)", seed, i, j).isCloseTo(i == j ? 1 : 0, within(1e-12));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void ofSum_anyShape_equalsTheBestApproximationOfTheWhole(long seed) {
        Random random = new Random(seed);
        int in = 1 + random.nextInt(24);
        int out = 1 + random.nextInt(24);
        List<LowRank> parts = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        double[] weights = new double[count];
        float[] whole = new float[out * in];
        for (int p = 0; p < count; p++) {
            LowRank part = random(random, in, out, 1 + random.nextInt(6));
            if (p > 0 && random.nextInt(3) == 0) { // rows that depend on each other
                part = parts.get(0);
            }
            parts.add(part);
            weights[p] = random.nextGaussian();
            double[][] update = Stored.update(part);
            for (int i = 0; i < whole.length; i++) {
                whole[i] += (float) (weights[p] * update[i / in][i % in]);
            }
        }
        int rank = 1 + random.nextInt(Math.min(in, out));
        TruncatedSvd fast = TruncatedSvd.ofSum(parts, weights, rank);
        TruncatedSvd straight = TruncatedSvd.of(whole, out, in, rank);
        double[] expected = product(straight, in, out, rank);
        double[] actual = product(fast, in, out, rank);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("seed %d at %d", seed, i).isCloseTo(expected[i], within(2e-5));
        }
        assertBest(whole, straight, in, out, rank, seed);
    }

    @Test
    void of_diagonal_keepsTheLargest() {
        TruncatedSvd svd = TruncatedSvd.of(new float[] {3, 0, 0, 0, 0, -5, 0, 0, 0, 0, 1, 0}, 3, 4, 2);
        assertThat(product(svd, 4, 3, 2))
                .containsExactly(new double[] {3, 0, 0, 0, 0, -5, 0, 0, 0, 0, 0, 0}, within(1e-6));
    }

    @Test
    void of_zero_isZero() {
        TruncatedSvd svd = TruncatedSvd.of(new float[6], 2, 3, 2);
        assertThat(product(svd, 3, 2, 2)).containsOnly(0);
        assertThat(TruncatedSvd.of(new float[6], 3, 2, 1).b()).containsOnly(0);
    }

    /**
     * The residual is orthogonal to what was kept, and no direction of it is longer than the shortest kept: together
     * these hold for the best approximation only.
     */
    private static void assertBest(float[] whole, TruncatedSvd svd, int in, int out, int rank, long seed) {
        double[] kept = product(svd, in, out, rank);
        double[] residual = new double[whole.length];
        for (int i = 0; i < whole.length; i++) {
            residual[i] = whole[i] - kept[i];
        }
        double shortest = Double.MAX_VALUE;
        for (int k = 0; k < rank; k++) {
            double length = 0;
            for (int o = 0; o < out; o++) {
                length += Math.pow(svd.b()[o * rank + k], 2);
                double dot = 0;
                for (int i = 0; i < in; i++) {
                    dot += svd.a()[k * in + i] * residual[o * in + i];
                }
                assertThat(dot).as("seed %d", seed).isCloseTo(0, within(1e-5));
            }
            shortest = Math.min(shortest, Math.sqrt(length));
        }
        double[] x = new Random(seed).doubles(in, -1, 1).toArray();
        double longest = 0;
        for (int step = 0; step < 200; step++) {
            double[] y = new double[out];
            double[] next = new double[in];
            for (int i = 0; i < residual.length; i++) {
                y[i / in] += residual[i] * x[i % in];
            }
            double norm = 0;
            for (int i = 0; i < residual.length; i++) {
                next[i % in] += residual[i] * y[i / in];
            }
            for (double value : next) {
                norm = Math.hypot(norm, value);
            }
            longest = Math.sqrt(norm);
            for (int i = 0; i < in; i++) {
                x[i] = norm == 0 ? 0 : next[i] / norm;
            }
        }
        assertThat(longest).as("seed %d", seed).isLessThanOrEqualTo(shortest + 1e-4);
    }

    private static LowRank random(Random random, int in, int out, int rank) {
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < b.length; i++) {
            b[i] = (float) random.nextGaussian();
        }
        return new LowRank(in, out, rank, a, b, 1, Optional.empty(), Optional.empty());
    }

    private static double[] product(TruncatedSvd svd, int in, int out, int rank) {
        double[] product = new double[out * in];
        for (int o = 0; o < out; o++) {
            for (int k = 0; k < rank; k++) {
                for (int i = 0; i < in; i++) {
                    product[o * in + i] += (double) svd.b()[o * rank + k] * svd.a()[k * in + i];
                }
            }
        }
        return product;
    }
}
