package dev.llmadapt.heads;

import java.util.Arrays;

/**
 * A matrix of rows of numbers, with the two products that a linear model needs. Both go through blocks that stay in the
 * first cache, four rows at a time, with an innermost loop over neighbours in memory that the compiler turns into
 * vector instructions.
 *
 * @param values (rows, columns), row by row
 */
@SuppressWarnings("ArrayRecordComponent")
record DenseMatrix(double[] values, int rows, int columns) {
    private static final int BLOCK = 32;

    double get(int row, int column) {
        return values[row * columns + column];
    }

    /** Writes this matrix times another. */
    void times(double[] other, int width, double[] product) {
        Arrays.fill(product, 0);
        for (int first = 0; first < rows; first += BLOCK) {
            int end = Math.min(rows, first + BLOCK);
            int column = 0;
            for (; column + 4 <= columns; column += 4) {
                for (int row = first; row < end; row++) {
                    int at = row * columns + column;
                    add(values[at], values[at + 1], values[at + 2], values[at + 3], other, column, product, row, width);
                }
            }
            for (; column < columns; column++) {
                for (int row = first; row < end; row++) {
                    add(values[row * columns + column], other, column, product, row, width);
                }
            }
        }
    }

    /** Writes this matrix, transposed, times another. */
    void transposedTimes(double[] other, int width, double[] product) {
        Arrays.fill(product, 0);
        for (int first = 0; first < columns; first += BLOCK) {
            int end = Math.min(columns, first + BLOCK);
            int row = 0;
            for (; row + 4 <= rows; row += 4) {
                for (int column = first; column < end; column++) {
                    int at = row * columns + column;
                    add(
                            values[at],
                            values[at + columns],
                            values[at + 2 * columns],
                            values[at + 3 * columns],
                            other,
                            row,
                            product,
                            column,
                            width);
                }
            }
            for (; row < rows; row++) {
                for (int column = first; column < end; column++) {
                    add(values[row * columns + column], other, row, product, column, width);
                }
            }
        }
    }

    /** Adds four rows, each times a number, to another row. */
    private static void add(
            double a, double b, double c, double d, double[] from, int row, double[] to, int sum, int width) {
        int first = row * width;
        int second = first + width;
        int third = second + width;
        int fourth = third + width;
        int at = sum * width;
        for (int i = 0; i < width; i++) {
            to[at + i] += a * from[first + i] + b * from[second + i] + c * from[third + i] + d * from[fourth + i];
        }
    }

    private static void add(double a, double[] from, int row, double[] to, int sum, int width) {
        int first = row * width;
        int at = sum * width;
        for (int i = 0; i < width; i++) {
            to[at + i] += a * from[first + i];
        }
    }
}
