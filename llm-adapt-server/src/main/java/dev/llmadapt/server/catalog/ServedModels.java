package dev.llmadapt.server.catalog;

import dev.llmadapt.Model;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.LocalModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The models that a server answers with, by name: base models, adapters and adapted models, each one of its own.
 * Thread-safe; models may be added and removed while a server runs. A request that is on its way to a removed model is
 * answered.
 *
 * <p>Does not own its models: who opened them closes them, after the server.
 */
public final class ServedModels {
    private static final int MOST_TOLD = 20;

    private final Map<String, ServedModel> models = new LinkedHashMap<>(); // guarded by this, in the order added

    /** No models yet. */
    public ServedModels() {}

    /**
     * Adds a model of its own.
     *
     * @throws IllegalStateException if there is a model of that name
     */
    public ServedModels add(String name, Model model) {
        return put(new ServedModel(name, model, Optional.empty(), "", Instant.now()));
    }

    /**
     * Adds a model of its own whose adapters a pool has; each is added with {@link #addPooled}, or by requests.
     *
     * @param model answers by the pool's model; stays its owner's
     * @throws IllegalArgumentException if the pool is of another model
     * @throws IllegalStateException if there is a model of that name
     */
    public ServedModels add(String name, Model model, AdapterPool pool) {
        if (model.unwrap(LocalModel.class).filter(each -> each == pool.model()).isEmpty()) {
            throw new IllegalArgumentException("the pool for '" + name + "' has adapters of another model, "
                    + pool.model().info().name());
        }
        return put(new ServedModel(name, model, Optional.empty(), "", Instant.now(), Optional.of(pool)));
    }

    /**
     * Adds an adapter that is registered in the pool of a model that is there. Removing it here leaves it in the pool.
     *
     * @param name the name that it is registered under, by which requests ask for it
     * @param parent the name of the model
     * @throws IllegalArgumentException if there is no such model, it has no pool, or the pool has no such adapter
     * @throws IllegalStateException if there is a model of that name
     */
    public ServedModels addPooled(String name, String parent) {
        ServedModel base = base(name, parent);
        AdapterPool pool = base.pool()
                .orElseThrow(
                        () -> new IllegalArgumentException("the model '" + parent + "' has no pool for the adapter '"
                                + name + "'; add the model with one, or load the adapter and use addAdapter"));
        return put(new ServedModel(
                name, base.model(), Optional.of(pool.requestName(name)), parent, Instant.now(), base.pool()));
    }

    /** The pools of all models, each once. */
    public synchronized List<AdapterPool> pools() {
        return models.values().stream()
                .flatMap(each -> each.pool().stream())
                .distinct()
                .toList();
    }

    /** The local models that answer, themselves or below layers, each once. */
    public synchronized List<LocalModel> locals() {
        return models.values().stream()
                .flatMap(each -> each.model().unwrap(LocalModel.class).stream())
                .distinct()
                .toList();
    }

    /**
     * Adds an adapter of a model that is there; it is loaded into that model already.
     *
     * @param name the name by which requests ask for it
     * @param parent the name of the model
     * @param adapter the name that the adapter was loaded under
     * @throws IllegalArgumentException if there is no such model, or it has an adapter itself
     * @throws IllegalStateException if there is a model of that name
     */
    public ServedModels addAdapter(String name, String parent, String adapter) {
        ServedModel base = base(name, parent);
        return put(new ServedModel(name, base.model(), Optional.of(adapter), parent, Instant.now()));
    }

    private ServedModel base(String name, String parent) {
        ServedModel base = find(parent)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no model '" + parent + "' for the adapter '" + name + "', there are " + someNames()));
        if (base.adapter().isPresent()) {
            throw new IllegalArgumentException(
                    "the adapter '" + name + "' needs a base model, '" + parent + "' is an adapter itself");
        }
        return base;
    }

    /**
     * Adds a model that was adapted from another one, such as a saved strategy.
     *
     * @param parent the name of the model that it was made from, which need not be served
     * @throws IllegalStateException if there is a model of that name
     */
    public ServedModels addAdapted(String name, Model model, String parent) {
        return put(new ServedModel(name, model, Optional.empty(), parent, Instant.now()));
    }

    private synchronized ServedModels put(ServedModel model) {
        if (models.containsKey(model.name())) {
            throw new IllegalStateException("there is a model '" + model.name() + "' already; take another name");
        }
        models.put(model.name(), model);
        return this;
    }

    /** Removes a model; returns whether it was there. */
    public synchronized boolean remove(String name) {
        return models.remove(name) != null;
    }

    /** Finds a model by its name. */
    public synchronized Optional<ServedModel> find(String name) {
        return Optional.ofNullable(models.get(name));
    }

    /** The models in the order in which they were added; the first one answers requests that name none. */
    public synchronized List<ServedModel> all() {
        return new ArrayList<>(models.values());
    }

    /** The names of the models for a message: all, or the first ones and how many there are beside. */
    public String someNames() {
        List<String> all = names();
        return all.size() <= MOST_TOLD
                ? all.toString()
                : all.subList(0, MOST_TOLD) + " and " + (all.size() - MOST_TOLD) + " more";
    }

    /** The names of the models, in their order. */
    public synchronized List<String> names() {
        return new ArrayList<>(models.keySet());
    }
}
