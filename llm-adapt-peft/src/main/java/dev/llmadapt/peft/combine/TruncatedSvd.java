package dev.llmadapt.peft.combine;

import dev.llmadapt.local.adapter.LowRank;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The best approximation of an update by factors of a given rank, {@code B = U S} and {@code A = V^T} of its singular
 * value decomposition (Eckart and Young 1936). Signs of singular vectors, and their choice among equal singular values,
 * are open.
 *
 * <p>Only one side's singular vectors are computed, as eigenvectors of a Gram matrix; the other factor is a projection
 * on them, which needs no division by small singular values.
 *
 * @param a {@code (rank, in)}
 * @param b {@code (out, rank)}
 */
@SuppressWarnings("ArrayRecordComponent")
record TruncatedSvd(float[] a, float[] b) {
    /**
     * Of a sum of products, without forming it: with {@code A^T = Q R}, the update {@code B A} is {@code C Q^T} with
     * {@code C = B R^T}, whose right singular vectors are Q times those of the small matrix C.
     *
     * @param parts updates of the same shape
     * @param weights of their products, with their scaling
     */
    static TruncatedSvd ofSum(List<LowRank> parts, double[] weights, int rank) {
        int in = parts.get(0).in();
        int out = parts.get(0).out();
        int total = parts.stream().mapToInt(LowRank::rank).sum();
        double[][] rows = new double[total][in]; // becomes Q^T
        double[][] left = new double[out][total]; // B with weights
        int at = 0;
        for (int p = 0; p < parts.size(); p++) {
            LowRank part = parts.get(p);
            for (int r = 0; r < part.rank(); r++, at++) {
                for (int i = 0; i < in; i++) {
                    rows[at][i] = part.a()[r * in + i];
                }
                for (int o = 0; o < out; o++) {
                    left[o][at] = weights[p] * part.b()[o * part.rank() + r];
                }
            }
        }
        double[][] triangle = orthonormalize(rows);
        double[][] c = new double[out][total];
        for (int o = 0; o < out; o++) {
            for (int r = 0; r < total; r++) {
                axpy(left[o][r], triangle[r], c[o]);
            }
        }
        double[][] right = largest(SymmetricEigen.of(gram(c, total)), rank);
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        double[] row = new double[in];
        for (int k = 0; k < right.length; k++) {
            Arrays.fill(row, 0);
            for (int r = 0; r < total; r++) {
                axpy(right[k][r], rows[r], row);
            }
            round(row, a, k * in);
            for (int o = 0; o < out; o++) {
                b[o * rank + k] = (float) dot(c[o], right[k]);
            }
        }
        return new TruncatedSvd(a, b);
    }

    /** Of a matrix {@code (out, in)}. */
    static TruncatedSvd of(float[] matrix, int out, int in, int rank) {
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        if (in <= out) {
            double[][] rows = new double[out][in];
            for (int o = 0; o < out; o++) {
                for (int i = 0; i < in; i++) {
                    rows[o][i] = matrix[o * in + i];
                }
            }
            double[][] right = largest(SymmetricEigen.of(gram(rows, in)), rank);
            for (int k = 0; k < right.length; k++) {
                round(right[k], a, k * in);
                for (int o = 0; o < out; o++) {
                    b[o * rank + k] = (float) dot(rows[o], right[k]);
                }
            }
            return new TruncatedSvd(a, b);
        }
        double[][] columns = new double[in][out];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                columns[i][o] = matrix[o * in + i];
            }
        }
        double[][] leftVectors = largest(SymmetricEigen.of(gram(columns, out)), rank);
        for (int k = 0; k < leftVectors.length; k++) {
            double[] row = new double[in]; // S V^T
            for (int i = 0; i < in; i++) {
                row[i] = dot(columns[i], leftVectors[k]);
            }
            double norm = Math.sqrt(dot(row, row));
            for (int i = 0; i < in; i++) {
                a[k * in + i] = norm == 0 ? 0 : (float) (row[i] / norm);
            }
            for (int o = 0; o < out; o++) {
                b[o * rank + k] = (float) (leftVectors[k][o] * norm);
            }
        }
        return new TruncatedSvd(a, b);
    }

    /**
     * Makes rows orthonormal in place, by Gram-Schmidt done twice, and returns the lower triangle L with {@code rows
     * before = L rows after}. A row that depends on those before it becomes zero.
     */
    private static double[][] orthonormalize(double[][] rows) {
        int n = rows.length;
        double[][] lower = new double[n][n];
        for (int i = 0; i < n; i++) {
            double before = Math.sqrt(dot(rows[i], rows[i]));
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    double part = dot(rows[j], rows[i]);
                    lower[i][j] += part;
                    axpy(-part, rows[j], rows[i]);
                }
            }
            double norm = Math.sqrt(dot(rows[i], rows[i]));
            if (norm <= 1e-13 * before) {
                Arrays.fill(rows[i], 0);
                continue;
            }
            lower[i][i] = norm;
            for (int k = 0; k < rows[i].length; k++) {
                rows[i][k] /= norm;
            }
        }
        return lower;
    }

    /** {@code rows^T rows}. */
    private static double[][] gram(double[][] rows, int width) {
        double[][] gram = new double[width][width];
        for (double[] row : rows) {
            for (int i = 0; i < width; i++) {
                if (row[i] != 0) {
                    double value = row[i];
                    double[] target = gram[i];
                    for (int j = i; j < width; j++) {
                        target[j] += value * row[j];
                    }
                }
            }
        }
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < i; j++) {
                gram[i][j] = gram[j][i];
            }
        }
        return gram;
    }

    /** The eigenvectors of the {@code count} largest eigenvalues, or of all if there are fewer. */
    private static double[][] largest(SymmetricEigen eigen, int count) {
        return IntStream.range(0, eigen.values().length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -eigen.values()[i]))
                .limit(count)
                .map(i -> eigen.vectors()[i])
                .toArray(double[][]::new);
    }

    private static void axpy(double factor, double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] += factor * x[i];
        }
    }

    private static double dot(double[] x, double[] y) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * y[i];
        }
        return sum;
    }

    private static void round(double[] values, float[] target, int at) {
        for (int i = 0; i < values.length; i++) {
            target[at + i] = (float) values[i];
        }
    }
}
