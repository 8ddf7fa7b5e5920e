package dev.llmadapt.remote;

import com.google.gson.JsonObject;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.Request;
import dev.llmadapt.remote.ServerFeatures.Ability;
import dev.llmadapt.remote.http.Transport;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The adapters of a server, which are asked for by their names in place of the model's. Thread-safe. */
final class RemoteAdapters {
    private final Service service;
    private final ServerFeatures features;
    private final String model;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    RemoteAdapters(Service service, ServerFeatures features, String model) {
        this.service = service;
        this.features = features;
        this.model = model;
    }

    /**
     * The name to ask a request with: the model's, or that of the adapter it uses.
     *
     * @throws IllegalArgumentException if it uses several, one by a part, or one that the server does not list
     */
    String modelOf(Request request) throws InterruptedException {
        List<AdapterUse> uses = request.adapters();
        if (uses.isEmpty()) {
            return model;
        }
        if (uses.size() > 1 || uses.get(0).weight() != 1) {
            throw new IllegalArgumentException(
                    "a server takes one adapter with weight 1, by its name as the model's, got " + uses
                            + "; mix adapters in a folder of their own (PeftAdapter), and load that");
        }
        String name = uses.get(0).name();
        if (!known.contains(name)) {
            Optional<ServedModels> served = ServedModels.ask(service, "/models");
            if (served.isPresent() && served.get().named(name).isEmpty()) {
                throw new IllegalArgumentException("unknown adapter '" + name + "', the server at " + service.where()
                        + " serves " + served.get().names() + "; load it with RemoteModel.loadAdapter, or when the"
                        + " server starts");
            }
            known.add(name);
        }
        return name;
    }

    void load(String name, String folder) throws InterruptedException {
        requireLoading();
        JsonObject body = new JsonObject();
        body.addProperty("lora_name", name);
        body.addProperty("lora_path", folder);
        service.postText(service.below("/load_lora_adapter"), body, List.of(), Transport.Call.NO_LIMIT);
        known.add(name);
    }

    void unload(String name) throws InterruptedException {
        requireLoading();
        JsonObject body = new JsonObject();
        body.addProperty("lora_name", name);
        known.remove(name);
        service.postText(service.below("/unload_lora_adapter"), body, List.of(), Transport.Call.NO_LIMIT);
    }

    private void requireLoading() {
        if (!features.can(Ability.ADAPTER_LOADING)) {
            throw new UnsupportedOperationException("the server at " + service.where() + " (" + features.dialect()
                    + ") loads no adapters while it runs; start it with the adapter, or use vLLM");
        }
    }
}
