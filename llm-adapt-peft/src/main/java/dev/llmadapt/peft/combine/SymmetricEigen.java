package dev.llmadapt.peft.combine;

/**
 * Eigenvectors of a symmetric matrix: Householder reflections to a tridiagonal matrix, then implicit QL steps with
 * Wilkinson's shift (Golub and Van Loan, <i>Matrix Computations</i>, chapter 8). All in {@code double}; about {@code 9
 * n^3} operations.
 *
 * @param values in no particular order
 * @param vectors row {@code i} belongs to {@code values[i]}; rows are orthonormal
 */
@SuppressWarnings("ArrayRecordComponent")
record SymmetricEigen(double[] values, double[][] vectors) {
    private static final int MAX_STEPS = 60;
    private static final double EPSILON = Math.ulp(1.0);

    /** Decomposes a symmetric matrix, which is overwritten. */
    static SymmetricEigen of(double[][] matrix) {
        int n = matrix.length;
        double[] diagonal = new double[n];
        double[] below = new double[n]; // below[i] stands between i and i + 1
        double[][] basis = tridiagonalize(matrix, diagonal, below);
        for (int at = 0; at < n; at++) {
            for (int step = 0; ; step++) {
                int end = at;
                while (end < n - 1
                        && Math.abs(below[end]) > EPSILON * (Math.abs(diagonal[end]) + Math.abs(diagonal[end + 1]))) {
                    end++;
                }
                if (end == at) {
                    break;
                }
                if (step == MAX_STEPS) {
                    throw new ArithmeticException("eigenvalues of a matrix of " + n + " rows do not converge;"
                            + " it may hold values that are not finite");
                }
                implicitStep(diagonal, below, basis, at, end);
            }
        }
        return new SymmetricEigen(diagonal, basis);
    }

    /** One chase of the bulge from {@code end} up to {@code at}. */
    private static void implicitStep(double[] d, double[] e, double[][] basis, int at, int end) {
        double g = (d[at + 1] - d[at]) / (2 * e[at]);
        double r = Math.hypot(g, 1);
        g = d[end] - d[at] + e[at] / (g + Math.copySign(r, g));
        double s = 1;
        double c = 1;
        double p = 0;
        for (int i = end - 1; i >= at; i--) {
            double f = s * e[i];
            double b = c * e[i];
            r = Math.hypot(f, g);
            e[i + 1] = r;
            if (r == 0) { // the matrix splits here
                d[i + 1] -= p;
                e[end] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            rotate(basis[i], basis[i + 1], c, s);
        }
        d[at] -= p;
        e[at] = g;
        e[end] = 0;
    }

    private static void rotate(double[] low, double[] high, double c, double s) {
        for (int k = 0; k < low.length; k++) {
            double h = high[k];
            high[k] = s * low[k] + c * h;
            low[k] = c * low[k] - s * h;
        }
    }

    /** Fills diagonal and subdiagonal; returns the basis in which the matrix is tridiagonal, a vector a row. */
    private static double[][] tridiagonalize(double[][] m, double[] diagonal, double[] below) {
        int n = m.length;
        double[][] reflectors = new double[Math.max(0, n - 2)][];
        double[] product = new double[n];
        for (int k = 0; k < n - 2; k++) {
            // The reflector that takes column k below the subdiagonal to zero: I - v v^T, |v|^2 = 2.
            double[] v = new double[n];
            double norm = 0;
            for (int i = k + 1; i < n; i++) {
                v[i] = m[i][k];
                norm = Math.hypot(norm, v[i]);
            }
            double alpha = -Math.copySign(norm, v[k + 1]);
            v[k + 1] -= alpha;
            double length = 0;
            for (int i = k + 1; i < n; i++) {
                length = Math.hypot(length, v[i]);
            }
            below[k] = alpha;
            if (length == 0) {
                below[k] = 0;
                continue;
            }
            double scale = Math.sqrt(2) / length;
            for (int i = k + 1; i < n; i++) {
                v[i] *= scale;
            }
            reflectors[k] = v;
            // m <- H m H = m - v w^T - w v^T on what is left, w = m v - (v^T m v / 2) v.
            double inner = 0;
            for (int i = k + 1; i < n; i++) {
                double sum = 0;
                double[] row = m[i];
                for (int j = k + 1; j < n; j++) {
                    sum += row[j] * v[j];
                }
                product[i] = sum;
                inner += sum * v[i];
            }
            for (int i = k + 1; i < n; i++) {
                product[i] -= inner / 2 * v[i];
            }
            for (int i = k + 1; i < n; i++) {
                double[] row = m[i];
                double vi = v[i];
                double wi = product[i];
                for (int j = k + 1; j < n; j++) {
                    row[j] -= vi * product[j] + wi * v[j];
                }
            }
        }
        for (int i = 0; i < n; i++) {
            diagonal[i] = m[i][i];
        }
        if (n > 1) {
            below[n - 2] = m[n - 1][n - 2];
        }
        return basis(reflectors, n);
    }

    /** The product of the reflectors, transposed. */
    private static double[][] basis(double[][] reflectors, int n) {
        double[][] q = new double[n][n];
        for (int i = 0; i < n; i++) {
            q[i][i] = 1;
        }
        for (int k = n - 3; k >= 0; k--) {
            double[] v = reflectors[k];
            if (v == null) {
                continue;
            }
            // Row i of q is basis vector i; apply I - v v^T to each.
            for (int i = k + 1; i < n; i++) {
                double dot = 0;
                double[] row = q[i];
                for (int j = k + 1; j < n; j++) {
                    dot += row[j] * v[j];
                }
                for (int j = k + 1; j < n; j++) {
                    row[j] -= dot * v[j];
                }
            }
        }
        return q;
    }
}
