package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.server.catalog.ServedModel;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.HttpFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The models by the name that a request has, and their list. */
final class Catalog {
    private final ServedModels models;
    private final Optional<EmbeddingModel> embedder;
    private final Instant start = Instant.now();

    Catalog(ServedModels models, Optional<EmbeddingModel> embedder) {
        this.models = models;
        this.embedder = embedder;
    }

    /** The models. */
    ServedModels models() {
        return models;
    }

    /**
     * Finds the model that a request names; the first one where it names none.
     *
     * @throws HttpFailure 404 if there is none of that name
     */
    ServedModel find(RequestFields fields, Exchange exchange) {
        Optional<String> name = fields.text("model");
        List<ServedModel> all = models.all();
        ServedModel found = name.map(each -> models.find(each).orElseThrow(() -> unknown(each)))
                .orElseGet(() -> {
                    if (all.isEmpty()) {
                        throw unknown("");
                    }
                    return all.get(0);
                });
        exchange.model(found.name());
        return found;
    }

    HttpFailure unknown(String name) {
        return HttpFailure.of(
                        404, "model_not_found", "there is no model '" + name + "'; there are " + models.someNames())
                .withParam("model");
    }

    /** {@code GET /v1/models}. */
    void list(Exchange exchange) {
        JsonArray data = new JsonArray();
        models.all().forEach(model -> data.add(json(model)));
        embedder.ifPresent(model -> data.add(embedding(model.name())));
        JsonObject list = new JsonObject();
        list.addProperty("object", "list");
        list.add("data", data);
        Responses.json(exchange, list);
    }

    /** {@code GET /v1/models/{id}}. */
    void one(Exchange exchange) {
        String name = exchange.path().substring("/v1/models/".length());
        if (embedder.filter(model -> model.name().equals(name)).isPresent()) {
            Responses.json(exchange, embedding(name));
            return;
        }
        Responses.json(exchange, json(models.find(name).orElseThrow(() -> unknown(name))));
    }

    /** The embedding model, which clients tell from those that write by its type. */
    private JsonObject embedding(String name) {
        JsonObject json = json(name, start);
        json.addProperty("type", "embedding");
        return json;
    }

    private static JsonObject json(ServedModel model) {
        JsonObject json = json(model.name(), model.since());
        json.addProperty("parent", model.parent().isEmpty() ? null : model.parent());
        model.local()
                .ifPresent(
                        local -> json.addProperty("max_model_len", local.info().contextLength()));
        json.add("meta", meta(model.model().info()));
        return json;
    }

    /** What llama.cpp's server says of a model. */
    private static JsonObject meta(ModelInfo info) {
        JsonObject meta = new JsonObject();
        meta.addProperty("n_vocab", info.vocabularySize());
        meta.addProperty("n_params", info.parameterCount());
        return meta;
    }

    private static JsonObject json(String name, Instant since) {
        JsonObject json = new JsonObject();
        json.addProperty("id", name);
        json.addProperty("object", "model");
        json.addProperty("created", since.getEpochSecond());
        json.addProperty("owned_by", "llm-adapt");
        return json;
    }
}
