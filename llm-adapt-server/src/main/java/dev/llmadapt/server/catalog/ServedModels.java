package dev.llmadapt.server.catalog;

import dev.llmadapt.Model;
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
     * Adds an adapter of a model that is there; it is loaded into that model already.
     *
     * @param name the name by which requests ask for it
     * @param parent the name of the model
     * @param adapter the name that the adapter was loaded under
     * @throws IllegalArgumentException if there is no such model, or it has an adapter itself
     * @throws IllegalStateException if there is a model of that name
     */
    public ServedModels addAdapter(String name, String parent, String adapter) {
        ServedModel base = find(parent)
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no model '" + parent + "' for the adapter '" + name + "', there are " + names()));
        if (base.adapter().isPresent()) {
            throw new IllegalArgumentException(
                    "the adapter '" + name + "' needs a base model, '" + parent + "' is an adapter itself");
        }
        return put(new ServedModel(name, base.model(), Optional.of(adapter), parent, Instant.now()));
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

    /** The names of the models, in their order. */
    public synchronized List<String> names() {
        return new ArrayList<>(models.keySet());
    }
}
