package dev.llmadapt.flink;

import org.apache.flink.table.functions.AsyncPredictFunction;
import org.apache.flink.table.functions.PredictFunction;
import org.apache.flink.table.ml.AsyncPredictRuntimeProvider;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.ml.PredictRuntimeProvider;

/**
 * A provider of functions of both kinds, of which Flink takes the one for several rows at a time unless told otherwise.
 */
record RowProvider(RowAnswering rows) implements PredictRuntimeProvider, AsyncPredictRuntimeProvider {
    @Override
    public PredictFunction createPredictFunction(Context context) {
        return new AnswerFunction(rows);
    }

    @Override
    public AsyncPredictFunction createAsyncPredictFunction(Context context) {
        return new AsyncAnswerFunction(rows);
    }

    @Override
    public ModelProvider copy() {
        return this;
    }
}
