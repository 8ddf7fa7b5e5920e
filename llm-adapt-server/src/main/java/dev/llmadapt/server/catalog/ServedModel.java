package dev.llmadapt.server.catalog;

import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.LocalModel;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A model under the name by which requests ask for it.
 *
 * @param name the name
 * @param model what answers; stays its owner's
 * @param adapter the adapter that is put on each request, by the name it is loaded under; empty for none
 * @param parent the name of the model that it was made from; empty for a model of its own
 * @param since when it was added
 * @param pool what keeps the adapters of this model in memory, or this adapter; empty for none: then an adapter is
 *     loaded as long as it is served
 */
public record ServedModel(
        String name, Model model, Optional<String> adapter, String parent, Instant since, Optional<AdapterPool> pool) {
    private static final int MAX_NAME = 200;

    /** Refuses a name that is blank, too long, or has control characters. */
    public ServedModel {
        if (name.isBlank() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name of a served model must have 1 to " + MAX_NAME
                    + " characters, not all blank and none a control character, got '" + name + "'");
        }
        Objects.requireNonNull(model, "model must not be null");
        Objects.requireNonNull(adapter, "adapter must not be null, empty for none");
        Objects.requireNonNull(parent, "parent must not be null, empty for none");
        Objects.requireNonNull(since, "since must not be null");
        Objects.requireNonNull(pool, "pool must not be null, empty for none");
    }

    /** A model without a pool. */
    public ServedModel(String name, Model model, Optional<String> adapter, String parent, Instant since) {
        this(name, model, adapter, parent, since, Optional.empty());
    }

    /** A request with this model's adapter; one of a pool answers while there is a lease of it. */
    public Request applyTo(Request request) {
        return adapter.map(request::withAdapter).orElse(request);
    }

    /** The pool that has this adapter, under this model's name; empty if it is no adapter of a pool. */
    public Optional<AdapterPool> adapterPool() {
        return adapter.isPresent() ? pool : Optional.empty();
    }

    /** The local model, if it answers itself and not through a layer that changes requests or answers. */
    public Optional<LocalModel> local() {
        return model instanceof LocalModel local ? Optional.of(local) : Optional.empty();
    }
}
