package dev.llmadapt.heads;

import java.util.List;

/**
 * A projection of hidden states to one row: each number is standardised by the mean and deviation that it has in the
 * training examples, the states that count are added up, number by number, since all lie in one stream, and each sum is
 * standardised again. Rows have about length 3, by which the best C lies among the usual ones.
 *
 * @param chosen the places of the states that count
 * @param factors what the numbers of each of these states are multiplied with, {@code (states, hidden)}
 * @param offset what is taken from the sums, {@code (hidden)}
 */
@SuppressWarnings("ArrayRecordComponent")
record Standardized(List<Integer> chosen, double[][] factors, double[] offset)
        implements Features.Projection<float[][]> {
    /** A number that varies less counts as one that does not vary. */
    private static final double LEAST_DEVIATION = 1e-6;

    /** The mean square of a row's length. */
    private static final double SQUARE = 10;

    /** Learns from what was read of the training examples. */
    static Standardized learn(List<Integer> chosen, List<float[][]> readings, int hidden) {
        Standardized sums = new Standardized(chosen, new double[chosen.size()][hidden], new double[hidden]);
        for (int i = 0; i < chosen.size(); i++) {
            int place = chosen.get(i);
            for (int k = 0; k < hidden; k++) {
                int number = k;
                double[] values = readings.stream()
                        .mapToDouble(reading -> reading[place][number])
                        .toArray();
                sums.factors[i][k] = 1 / deviation(values, mean(values));
                sums.offset[k] += mean(values) * sums.factors[i][k];
            }
        }
        double length = Math.sqrt(hidden / SQUARE);
        List<double[]> added = readings.stream().map(sums::values).toList();
        for (int k = 0; k < hidden; k++) {
            int number = k;
            double[] values = added.stream().mapToDouble(row -> row[number]).toArray();
            double factor = 1 / (deviation(values, mean(values)) * length);
            for (double[] factors : sums.factors) {
                factors[k] *= factor;
            }
            sums.offset[k] *= factor;
        }
        return sums;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double deviation(double[] values, double mean) {
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = Math.sqrt(squares / values.length);
        return deviation < LEAST_DEVIATION ? 1 : deviation;
    }

    @Override
    public int dimension() {
        return offset.length;
    }

    @Override
    public Row row(float[][] reading) {
        return Row.dense(values(reading));
    }

    private double[] values(float[][] reading) {
        double[] values = new double[offset.length];
        for (int k = 0; k < values.length; k++) {
            values[k] = -offset[k];
        }
        for (int i = 0; i < factors.length; i++) {
            float[] state = reading[chosen.get(i)];
            for (int k = 0; k < values.length; k++) {
                values[k] += state[k] * factors[i][k];
            }
        }
        return values;
    }
}
