package dev.llmadapt.server.openai;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.AdapterSource;
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
            if (base.pool().isPresent()) {
                register(base.pool().get(), base, name, found, allowed);
            } else {
                load(model, base, name, found, allowed);
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw HttpFailure.invalid("lora_path", String.valueOf(e.getMessage()));
        } catch (LlmAdaptException e) {
            String told = String.valueOf(e.getMessage()).replace(allowed.root().toString(), "");
            throw HttpFailure.invalid("lora_path", "the adapter cannot be used: " + told);
        }
        done(exchange, "Success: LoRA adapter '" + name + "' added successfully.");
    }

    /** Registers an adapter in a pool, which is loaded once so that what cannot be used is told now. */
    private void register(AdapterPool pool, ServedModel base, String name, Path found, AdapterFolder allowed) {
        pool.register(name, AdapterSource.folder(found, allowed.loader()::load));
        try {
            pool.use(name).close();
            catalog.models().addPooled(name, base.name());
        } catch (RuntimeException e) {
            pool.unregister(name);
            throw e;
        }
    }

    private void load(LocalModel model, ServedModel base, String name, Path found, AdapterFolder allowed) {
        LocalAdapter adapter = allowed.loader().load(found, name);
        model.loadAdapter(adapter);
        try {
            catalog.models().addAdapter(name, base.name(), adapter.name());
        } catch (RuntimeException e) {
            model.unloadAdapter(adapter.name());
            throw e;
        }
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
        served.adapterPool()
                .ifPresentOrElse(
                        pool -> pool.unregister(name),
                        () -> served.local()
                                .orElseThrow()
                                .unloadAdapter(served.adapter().orElseThrow()));
        done(exchange, "Success: LoRA adapter '" + name + "' removed successfully.");
    }

    private static void done(Exchange exchange, String text) {
        exchange.respond(200, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
