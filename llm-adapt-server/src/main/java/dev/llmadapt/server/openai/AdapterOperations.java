package dev.llmadapt.server.openai;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.local.LocalAdapter;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.server.catalog.AdapterFolder;
import dev.llmadapt.server.catalog.ServedModel;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.HttpFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** {@code POST /v1/load_lora_adapter} and {@code /v1/unload_lora_adapter}, in the form of vLLM. */
final class AdapterOperations {
    private final Catalog catalog;
    private final Optional<AdapterFolder> folder;

    AdapterOperations(Catalog catalog, Optional<AdapterFolder> folder) {
        this.catalog = catalog;
        this.folder = folder;
    }

    private AdapterFolder folder() {
        return folder.orElseThrow(() -> HttpFailure.of(
                404, "not_found", "adapters are not loaded by requests here: the server has no folder for them"));
    }

    /** Loads an adapter into the first local model, and serves it under its name. */
    synchronized void load(Exchange exchange) {
        AdapterFolder allowed = folder();
        RequestFields fields = RequestFields.read(exchange);
        String name = fields.requiredText("lora_name");
        String path = fields.requiredText("lora_path");
        if (catalog.models().find(name).isPresent()) {
            throw HttpFailure.invalid("lora_name", "there is a model '" + name + "' already; unload it first");
        }
        ServedModel base = catalog.models().all().stream()
                .filter(model -> model.adapter().isEmpty() && model.local().isPresent())
                .findFirst()
                .orElseThrow(() -> HttpFailure.of(404, "model_not_found", "there is no model that takes adapters"));
        LocalModel model = base.local().orElseThrow();
        try {
            Path found = allowed.find(path);
            LocalAdapter adapter = allowed.loader().load(found, name);
            model.loadAdapter(adapter);
            try {
                catalog.models().addAdapter(name, base.name(), adapter.name());
            } catch (RuntimeException e) {
                model.unloadAdapter(adapter.name());
                throw e;
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw HttpFailure.invalid("lora_path", String.valueOf(e.getMessage()));
        } catch (LlmAdaptException e) {
            String told = String.valueOf(e.getMessage()).replace(allowed.root().toString(), "");
            throw HttpFailure.invalid("lora_path", "the adapter cannot be used: " + told);
        }
        done(exchange, "Success: LoRA adapter '" + name + "' added successfully.");
    }

    /** Unloads an adapter; answers under way keep it. */
    synchronized void unload(Exchange exchange) {
        folder();
        RequestFields fields = RequestFields.read(exchange);
        String name = fields.requiredText("lora_name");
        ServedModel served = catalog.models()
                .find(name)
                .filter(model -> model.adapter().isPresent())
                .orElseThrow(() -> HttpFailure.of(404, "model_not_found", "there is no adapter '" + name + "'")
                        .withParam("lora_name"));
        catalog.models().remove(name);
        served.local().orElseThrow().unloadAdapter(served.adapter().orElseThrow());
        done(exchange, "Success: LoRA adapter '" + name + "' removed successfully.");
    }

    private static void done(Exchange exchange, String text) {
        exchange.respond(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
