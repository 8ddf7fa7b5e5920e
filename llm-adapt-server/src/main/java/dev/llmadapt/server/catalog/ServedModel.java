package dev.llmadapt.server.catalog;

import dev.llmadapt.Model;
import dev.llmadapt.Request;
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
 */
public record ServedModel(String name, Model model, Optional<String> adapter, String parent, Instant since) {
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
    }

    /** A request with this model's adapter. */
    public Request applyTo(Request request) {
        return adapter.map(request::withAdapter).orElse(request);
    }

    /** The local model, if it answers itself and not through a layer that changes requests or answers. */
    public Optional<LocalModel> local() {
        return model instanceof LocalModel local ? Optional.of(local) : Optional.empty();
    }
}
