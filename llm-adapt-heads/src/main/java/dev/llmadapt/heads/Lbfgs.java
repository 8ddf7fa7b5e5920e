package dev.llmadapt.heads;

import java.util.Arrays;

/**
 * Minimisation of a smooth convex function by L-BFGS (Nocedal and Wright 2006, algorithms 7.4 and 7.5), with steps that
 * are halved until the function falls enough (Armijo's condition). Deterministic.
 *
 * @param tolerance where it stops: the largest number of the gradient
 * @param maxSteps the largest number of steps
 */
record Lbfgs(double tolerance, int maxSteps) {
    /** The steps that are remembered. */
    private static final int MEMORY = 10;
    /** The share of the decrease that the slope promises, which a step must reach. */
    private static final double ENOUGH = 1e-4;

    private static final int MAX_HALVINGS = 40;

    /** A function with its gradient. */
    interface Objective {
        /**
         * Returns the value at a point.
         *
         * @param gradient gets the gradient
         */
        double at(double[] point, double[] gradient);
    }

    /** Moves a point to the minimum; returns the number of steps. */
    int minimize(Objective objective, double[] point) {
        int size = point.length;
        double[] gradient = new double[size];
        double[] next = new double[size];
        double[] nextGradient = new double[size];
        double[][] moves = new double[MEMORY][size];
        double[][] changes = new double[MEMORY][size];
        double[] curvatures = new double[MEMORY];
        int remembered = 0;
        double value = objective.at(point, gradient);
        for (int step = 0; step < maxSteps; step++) {
            if (largest(gradient) <= tolerance) {
                return step;
            }
            double[] direction = direction(gradient, moves, changes, curvatures, remembered);
            double slope = times(direction, gradient);
            double length = remembered == 0 ? Math.min(1, 1 / Math.sqrt(times(gradient, gradient))) : 1;
            double nextValue = Double.POSITIVE_INFINITY;
            for (int i = 0; i < MAX_HALVINGS && !(nextValue <= value + ENOUGH * length * slope); i++) {
                length = i == 0 ? length : length / 2;
                for (int k = 0; k < size; k++) {
                    next[k] = point[k] + length * direction[k];
                }
                nextValue = objective.at(next, nextGradient);
            }
            if (!(nextValue < value)) {
                return step; // as exact as the numbers are
            }
            int place = remembered % MEMORY;
            for (int k = 0; k < size; k++) {
                moves[place][k] = next[k] - point[k];
                changes[place][k] = nextGradient[k] - gradient[k];
            }
            curvatures[place] = times(moves[place], changes[place]);
            remembered = curvatures[place] > 0 ? remembered + 1 : 0; // what is not convex is forgotten
            System.arraycopy(next, 0, point, 0, size);
            System.arraycopy(nextGradient, 0, gradient, 0, size);
            value = nextValue;
        }
        return maxSteps;
    }

    /** Minus the gradient, times an approximation of the inverse Hessian: the two-loop recursion. */
    private static double[] direction(
            double[] gradient, double[][] moves, double[][] changes, double[] curvatures, int remembered) {
        double[] direction = Arrays.stream(gradient).map(value -> -value).toArray();
        double[] shares = new double[MEMORY];
        int oldest = Math.max(0, remembered - MEMORY);
        for (int i = remembered - 1; i >= oldest; i--) {
            int place = i % MEMORY;
            shares[place] = times(moves[place], direction) / curvatures[place];
            add(direction, -shares[place], changes[place]);
        }
        if (remembered > 0) {
            int last = (remembered - 1) % MEMORY;
            double scale = curvatures[last] / times(changes[last], changes[last]);
            for (int k = 0; k < direction.length; k++) {
                direction[k] *= scale;
            }
        }
        for (int i = oldest; i < remembered; i++) {
            int place = i % MEMORY;
            add(direction, shares[place] - times(changes[place], direction) / curvatures[place], moves[place]);
        }
        return direction;
    }

    private static void add(double[] to, double factor, double[] vector) {
        for (int k = 0; k < to.length; k++) {
            to[k] += factor * vector[k];
        }
    }

    private static double times(double[] one, double[] other) {
        double sum0 = 0; // four sums, which the processor adds side by side
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int k = 0;
        for (; k + 4 <= one.length; k += 4) {
            sum0 += one[k] * other[k];
            sum1 += one[k + 1] * other[k + 1];
            sum2 += one[k + 2] * other[k + 2];
            sum3 += one[k + 3] * other[k + 3];
        }
        for (; k < one.length; k++) {
            sum0 += one[k] * other[k];
        }
        return sum0 + sum1 + sum2 + sum3;
    }

    private static double largest(double[] vector) {
        double largest = 0;
        for (double value : vector) {
            largest = Math.max(largest, Math.abs(value)); // NaN stays
        }
        return largest;
    }
}
