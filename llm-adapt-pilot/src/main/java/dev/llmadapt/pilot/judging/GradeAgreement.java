package dev.llmadapt.pilot.judging;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The agreement of a judge's grades with those of people.
 *
 * @param answers the answers that both graded; at least 2
 * @param spearman the rank correlation (Spearman 1904), ties by their mean rank, in [-1, 1]; 0 where one side gives one
 *     grade to all
 * @param kappa Cohen's kappa with quadratic weights (Cohen 1968), grades rounded to the scale of 1 to 5: 1 for the same
 *     grades, 0 for as many as by chance; 0 where both sides give one and the same grade to all
 * @param difference the mean absolute difference, in grades of 1 to 5
 */
public record GradeAgreement(int answers, double spearman, double kappa, double difference) {
    private static final int GRADES = 5;

    /**
     * The agreement of two rows of grades of the same answers.
     *
     * @param judge grades from 1 to 5
     * @param people grades from 1 to 5, in the same order
     */
    public static GradeAgreement of(double[] judge, double[] people) {
        int n = judge.length;
        if (n != people.length || n < 2) {
            throw new IllegalArgumentException(
                    "agreement needs at least two answers that both graded, got " + n + " and " + people.length);
        }
        double difference = 0;
        double[][] seen = new double[GRADES][GRADES];
        for (int i = 0; i < n; i++) {
            difference += Math.abs(judge[i] - people[i]) / n;
            seen[grade(judge[i])][grade(people[i])]++;
        }
        return new GradeAgreement(n, correlation(ranks(judge), ranks(people)), kappa(seen, n), difference);
    }

    private static int grade(double value) {
        if (!(value >= 1 && value <= GRADES)) {
            throw new IllegalArgumentException("a grade must be in [1, " + GRADES + "], got " + value);
        }
        return (int) Math.round(value) - 1;
    }

    private static double kappa(double[][] seen, int n) {
        double[] rows = new double[GRADES];
        double[] columns = new double[GRADES];
        for (int i = 0; i < GRADES; i++) {
            for (int j = 0; j < GRADES; j++) {
                rows[i] += seen[i][j];
                columns[j] += seen[i][j];
            }
        }
        double observed = 0;
        double chance = 0;
        for (int i = 0; i < GRADES; i++) {
            for (int j = 0; j < GRADES; j++) {
                double weight = (double) (i - j) * (i - j);
                observed += weight * seen[i][j];
                chance += weight * rows[i] * columns[j] / n;
            }
        }
        return chance == 0 ? 0 : 1 - observed / chance;
    }

    private static double[] ranks(double[] values) {
        Integer[] order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> values[i]));
        double[] ranks = new double[values.length];
        for (int begin = 0; begin < order.length; ) {
            int end = begin;
            while (end < order.length && values[order[end]] == values[order[begin]]) {
                end++;
            }
            for (int i = begin; i < end; i++) {
                ranks[order[i]] = (begin + end + 1) / 2.0;
            }
            begin = end;
        }
        return ranks;
    }

    private static double correlation(double[] a, double[] b) {
        double meanA = Arrays.stream(a).average().orElseThrow();
        double meanB = Arrays.stream(b).average().orElseThrow();
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (a[i] - meanA) * (b[i] - meanB);
            squaresA += (a[i] - meanA) * (a[i] - meanA);
            squaresB += (b[i] - meanB) * (b[i] - meanB);
        }
        return squaresA == 0 || squaresB == 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
    }

    /** The agreement in words. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "over %d answers: Spearman %.2f, weighted kappa %.2f, off by %.2f grades of 1 to 5",
                answers,
                spearman,
                kappa,
                difference);
    }
}
