package dev.llmadapt.spring.boot;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.LocalModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A local model whose adapters are loaded when they are asked for, and of which those used last are in memory. A
 * request uses one adapter or none.
 */
final class PooledModel implements Model {
    private final LocalModel model;
    private final AdapterPool pool;

    /**
     * A model with adapters of a pool.
     *
     * @param model closed with this one
     */
    PooledModel(LocalModel model, AdapterPool pool) {
        this.model = model;
        this.pool = pool;
    }

    /** The adapters. */
    AdapterPool pool() {
        return pool;
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        return leased(List.of(request), asked -> model.stream(asked.get(0), listener));
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        return leased(requests, model::generate);
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        return leased(List.of(prompt), asked -> model.score(asked.get(0), continuations));
    }

    private <T> T leased(List<Request> requests, Function<List<Request>, T> answer) {
        Map<String, AdapterPool.Lease> leases = new HashMap<>();
        try {
            List<Request> asked = new ArrayList<>();
            for (Request request : requests) {
                asked.add(
                        request.adapters().isEmpty()
                                ? request
                                : leases.computeIfAbsent(name(request), pool::use)
                                        .on(request));
            }
            return answer.apply(asked);
        } finally {
            leases.values().forEach(AdapterPool.Lease::close);
        }
    }

    private static String name(Request request) {
        if (request.adapters().size() > 1 || request.adapters().get(0).weight() != 1) {
            throw new IllegalArgumentException(
                    "with llm-adapt.adapter-memory a request has one adapter, of weight 1, got " + request.adapters()
                            + "; leave that property out");
        }
        return request.adapters().get(0).name();
    }

    @Override
    public Request prepare(Request request) {
        return model.prepare(request);
    }

    @Override
    public <M extends Model> Optional<M> unwrap(Class<M> kind) {
        return kind.isInstance(this) ? Optional.of(kind.cast(this)) : model.unwrap(kind);
    }

    @Override
    public ModelInfo info() {
        return model.info();
    }

    @Override
    public void close() {
        model.close();
    }
}
