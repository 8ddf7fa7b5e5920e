package dev.llmadapt.heads;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Request;
import java.util.List;
import java.util.Objects;

/**
 * The embedding of the text, with length 1.
 *
 * @param embedder the model, which stays the caller's
 */
record EmbeddingFeatures(EmbeddingModel embedder) implements Features<Row> {
    /** Refuses null and a model without vectors. */
    EmbeddingFeatures {
        Objects.requireNonNull(embedder, "embedder must not be null");
        if (embedder.dimension() < 1) {
            throw new IllegalArgumentException("a head needs an embedding model with vectors, '" + embedder.name()
                    + "' has dimension " + embedder.dimension());
        }
    }

    @Override
    public String name() {
        return "embeddings";
    }

    @Override
    public Loss loss() {
        return Loss.LOGISTIC;
    }

    @Override
    public List<Row> read(List<Request> requests) {
        return embedder.embed(requests.stream().map(Features::text).toList()).stream()
                .map(this::normalized)
                .toList();
    }

    @Override
    public Projection<Row> project(List<Row> readings) {
        return new AsRead(embedder.dimension());
    }

    private Row normalized(float[] vector) {
        if (vector.length != embedder.dimension()) {
            throw new LlmAdaptException("the embedding model '" + embedder.name() + "' gave a vector of "
                    + vector.length + " numbers, its dimension is " + embedder.dimension());
        }
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (!Double.isFinite(squares)) {
            throw new LlmAdaptException(
                    "the embedding model '" + embedder.name() + "' gave a vector with numbers that are not finite");
        }
        double length = Math.max(Math.sqrt(squares), 1e-12);
        double[] values = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            values[i] = vector[i] / length;
        }
        return Row.dense(values);
    }

    /** The row that was read. */
    record AsRead(int dimension) implements Projection<Row> {
        @Override
        public Row row(Row reading) {
            return reading;
        }
    }
}
