package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The effect of each demonstration on the log-probability of right answers, learned from all candidates that were
 * scored, rejected ones too (as datamodels do: Chang and Jia 2023, "Data Curation Alone Can Stabilize In-context
 * Learning"). A candidate's gain over the first one is modelled as the sum of the effects of its demonstrations and of
 * its instruction, and of two errors: one of the set as a whole, and one of the examples that scored it.
 *
 * <pre>{@code
 * y_c = instruction + sum over d in c of beta_d + set_c + noise_c / sqrt(n_c)
 * beta_d ~ N(0, tau^2),  tau^2 = 0.7 u / shots,  set_c ~ N(0, 0.3 u)
 * }</pre>
 *
 * where {@code u} is the variance between candidates and {@code noise_c} has the variance of the gains of single
 * examples. It is a Gaussian process over sets, solved by a Cholesky decomposition.
 */
final class Effects {
    private static final int MAX_CANDIDATES = 300;
    private static final double ADDITIVE = 0.7;

    private final double variance;
    private final Map<Example, double[]> known = new HashMap<>(); // mean and standard deviation
    private final Map<Candidate, Double> worth = new HashMap<>();

    private Effects(double variance) {
        this.variance = variance;
    }

    /** The mean of the effect of a demonstration, and its standard deviation; 0 and the prior's where none is known. */
    double[] of(Example demonstration) {
        return known.getOrDefault(demonstration, new double[] {0, Math.sqrt(variance)});
    }

    /**
     * The gain of a candidate over the first one, as estimated from its own scores and from the effects of what it
     * shows: the fewer examples scored it, the more the latter count. 0 for the first one, and where nothing is known.
     */
    double worth(Candidate candidate) {
        return worth.getOrDefault(candidate, 0.0);
    }

    /**
     * Learns effects.
     *
     * @param reference a candidate that is complete
     * @param candidates all that were scored
     * @param shots the most demonstrations of a set
     */
    static Effects learn(Candidate reference, List<Candidate> candidates, int shots) {
        List<Candidate> some = candidates.stream()
                .filter(candidate ->
                        candidate != reference && candidate.scored().size() > 1)
                .sorted(Comparator.comparingInt(
                                (Candidate candidate) -> -candidate.scored().size())
                        .thenComparingInt(candidate -> -candidate.number))
                .limit(MAX_CANDIDATES)
                .toList();
        int n = some.size();
        if (n < 2) {
            Effects none = new Effects(1);
            some.forEach(candidate -> none.worth.put(
                    candidate, Gains.meanOf(candidate.gains(reference)).mean()));
            return none;
        }
        double[] gain = new double[n];
        double[] error = new double[n]; // variance of the mean gain
        double single = 0;
        for (int i = 0; i < n; i++) {
            Candidate candidate = some.get(i);
            Gains.Mean mean = Gains.meanOf(candidate.gains(reference));
            int scored = candidate.scored().size();
            gain[i] = mean.mean();
            single += mean.error() * mean.error() * scored / n;
        }
        single = Math.max(single, 1e-12); // where all candidates are alike
        double centre = 0;
        for (double value : gain) {
            centre += value / n;
        }
        double between = 0;
        for (int i = 0; i < n; i++) {
            error[i] = single / some.get(i).scored().size();
            between += ((gain[i] - centre) * (gain[i] - centre) - error[i]) / n;
        }
        between = Math.max(between, single / 100); // never none
        double tau = ADDITIVE * between / shots;
        Effects effects = new Effects(tau);
        double[][] factor = decomposed(some, error, tau, between);
        double[] alpha = solved(factor, gain);
        for (int i = 0; i < n; i++) {
            // what the covariance predicts without the error of the examples
            effects.worth.put(some.get(i), gain[i] - error[i] * alpha[i]);
        }
        Set<Example> met = new HashSet<>();
        for (Candidate candidate : some) {
            met.addAll(candidate.prompt.demonstrations());
        }
        for (Example demonstration : met) {
            double[] holds = new double[n];
            double mean = 0;
            for (int i = 0; i < n; i++) {
                holds[i] = some.get(i).prompt.demonstrations().contains(demonstration) ? 1 : 0;
                mean += tau * holds[i] * alpha[i];
            }
            double[] explained = solved(factor, holds);
            double left = tau;
            for (int i = 0; i < n; i++) {
                left -= tau * tau * holds[i] * explained[i];
            }
            effects.known.put(demonstration, new double[] {mean, Math.sqrt(Math.max(0, left))});
        }
        return effects;
    }

    /** The lower factor of the covariance of the gains. */
    private static double[][] decomposed(List<Candidate> some, double[] error, double tau, double between) {
        int n = some.size();
        List<Set<Example>> sets = new ArrayList<>();
        some.forEach(candidate -> sets.add(new HashSet<>(candidate.prompt.demonstrations())));
        double[][] factor = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                boolean sameInstruction = some.get(i)
                        .prompt
                        .instruction()
                        .equals(some.get(j).prompt.instruction());
                double covariance = sameInstruction ? 2 * between : between; // and a common offset
                for (Example demonstration : sets.get(i)) {
                    covariance += sets.get(j).contains(demonstration) ? tau : 0;
                }
                if (i == j) {
                    covariance += (1 - ADDITIVE) * between + error[i];
                }
                for (int k = 0; k < j; k++) {
                    covariance -= factor[i][k] * factor[j][k];
                }
                factor[i][j] = i == j ? Math.sqrt(covariance) : covariance / factor[j][j];
            }
        }
        return factor;
    }

    private static double[] solved(double[][] factor, double[] right) {
        int n = right.length;
        double[] x = right.clone();
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < i; k++) {
                x[i] -= factor[i][k] * x[k];
            }
            x[i] /= factor[i][i];
        }
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                x[i] -= factor[k][i] * x[k];
            }
            x[i] /= factor[i][i];
        }
        return x;
    }
}
