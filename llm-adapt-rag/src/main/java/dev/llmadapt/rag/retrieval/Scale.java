package dev.llmadapt.rag.retrieval;

import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;

/**
 * A scale that maps scores from their minimum and maximum to [0, 1]; to 1 if all are equal.
 *
 * @param low the minimum
 * @param high the maximum
 */
record Scale(double low, double high) {
    static Scale of(DoubleStream scores) {
        DoubleSummaryStatistics all = scores.summaryStatistics();
        return new Scale(all.getMin(), all.getMax());
    }

    double of(double score) {
        return high > low ? (score - low) / (high - low) : 1;
    }
}
