package dev.llmadapt.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The models that a server lists at {@code /models}, adapters among them.
 *
 * @param all as the server lists them
 */
record ServedModels(List<Entry> all) {
    /**
     * A model.
     *
     * @param id its name
     * @param ownedBy what the server says of its origin, by which kinds of servers are known
     * @param json all of it
     */
    record Entry(String id, String ownedBy, JsonObject json) {}

    /** Asks for the list at a path below the base URL; empty where the server has none. */
    static Optional<ServedModels> ask(Service service, String path) throws InterruptedException {
        return service.find(service.below(path)).map(list -> {
            List<Entry> all = new ArrayList<>();
            for (JsonElement each : Json.list(list, "data")) {
                if (each instanceof JsonObject json && !Json.text(json, "id").isEmpty()) {
                    all.add(new Entry(Json.text(json, "id"), Json.text(json, "owned_by"), json));
                }
            }
            return new ServedModels(List.copyOf(all));
        });
    }

    /** The model of a name; Ollama leaves {@code :latest} out. */
    Optional<Entry> named(String name) {
        return all.stream()
                .filter(each -> each.id().equals(name) || each.id().equals(name + ":latest"))
                .findFirst();
    }

    /** The first names, for messages. */
    String names() {
        List<String> names = all.stream().map(Entry::id).limit(10).toList();
        return all.size() <= names.size() ? names.toString() : names + " and " + (all.size() - names.size()) + " more";
    }

    /**
     * The model to ask.
     *
     * @param wanted its name; empty takes the only one
     * @throws IllegalArgumentException if it is not there, or there are several
     */
    Entry choose(String wanted, String where) {
        if (!wanted.isEmpty()) {
            return named(wanted)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the server at " + where + " has no model '" + wanted + "', it serves " + names()));
        }
        // adapters have a parent, and an embedding model has a type
        List<Entry> bases = all.stream()
                .filter(each -> Json.text(each.json(), "parent").isEmpty()
                        && !Json.text(each.json(), "type").startsWith("embedding"))
                .toList();
        if (bases.size() != 1) {
            throw new IllegalArgumentException("the server at " + where + " serves "
                    + (bases.isEmpty() ? "no model" : bases.size() + " models") + ", name one with"
                    + " RemoteOptions.withModel: " + names());
        }
        return bases.get(0);
    }
}
