package dev.llmadapt.spark;

import dev.llmadapt.pilot.rows.Leases;
import dev.llmadapt.pilot.rows.RowAnswerer;

/**
 * A model of this executor, which all tasks of a {@link RowAnswers} share.
 *
 * @param memory what attempts at tasks have answered
 */
record ExecutorModel(RowAnswerer answerer, PartitionMemory memory) {
    /** The models of this executor, by the key of their {@link RowAnswers}. */
    static final Leases<String, ExecutorModel> OPEN =
            new Leases<>("spark-clock", model -> model.answerer().close());
}
