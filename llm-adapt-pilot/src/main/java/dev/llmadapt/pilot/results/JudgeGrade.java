package dev.llmadapt.pilot.results;

import dev.llmadapt.pilot.statistics.Interval;
import java.util.Optional;

/**
 * The grade that a judge gives to a candidate's answers.
 *
 * @param grade the mean, in [0, 1]; an answer that failed or is blank counts as 0
 * @param interval where that mean lies with 95 % confidence
 * @param answers the answers that were graded
 * @param failed the answers that the judge could not read, which are not in the mean
 * @param againstBest which answers the judge prefers, this candidate's or those of the best by the task's metric; empty
 *     for the best itself
 */
public record JudgeGrade(double grade, Interval interval, int answers, int failed, Optional<WinRate> againstBest) {
    /**
     * Preferences between the answers of two candidates to the same questions.
     *
     * @param wins the first is preferred, in both orders
     * @param ties the orders disagree, or the answers are the same
     * @param losses the other is preferred, in both orders
     */
    public record WinRate(int wins, int ties, int losses) {
        /** The answers compared. */
        public int of() {
            return wins + ties + losses;
        }

        /** The share of wins, a tie counting half; 0.5 is as good. */
        public double value() {
            return (wins + ties / 2.0) / of();
        }

        /** Where the share lies with 95 % confidence. */
        public Interval interval() {
            double[] scores = new double[of()];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = i < wins ? 1 : i < wins + ties ? 0.5 : 0;
            }
            return Interval.ofMean(scores);
        }
    }
}
