package dev.llmadapt.rag.retrieval;

import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;

/**
 * From the least and the largest of some scores to [0, 1]; where all are the same, to 1.
 *
 * @param low the least
 * @param high the largest
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
