package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.Handler;
import dev.llmadapt.server.http.HttpFailure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** {@code POST /v1/embeddings}. */
final class Embeddings implements Handler {
    private static final int MAX_TEXTS = 2048;

    private final Optional<EmbeddingModel> embedder;
    private final Answering answering;
    private final TokenCount tokens;

    /** A count of the tokens of a text, as the embedder reads it. */
    @FunctionalInterface
    interface TokenCount {
        int of(String text);
    }

    Embeddings(Optional<EmbeddingModel> embedder, Answering answering, TokenCount tokens) {
        this.embedder = embedder;
        this.answering = answering;
        this.tokens = tokens;
    }

    @Override
    public void handle(Exchange exchange) {
        RequestFields fields = RequestFields.read(exchange);
        EmbeddingModel model = embedder.orElseThrow(
                () -> HttpFailure.of(404, "model_not_found", "this server has no embedding model; start it with one"));
        fields.text("model").filter(name -> !name.equals(model.name())).ifPresent(name -> {
            throw HttpFailure.of(
                            404,
                            "model_not_found",
                            "there is no embedding model '" + name + "'; there is '" + model.name() + "'")
                    .withParam("model");
        });
        exchange.model(model.name());
        fields.integer("dimensions", 1, Integer.MAX_VALUE)
                .filter(given -> given != model.dimension())
                .ifPresent(given -> {
                    throw HttpFailure.unsupported(
                            "dimensions", "dimensions must be " + model.dimension() + " or left out, got " + given);
                });
        String encoding = fields.text("encoding_format").orElse("float");
        if (!encoding.equals("float") && !encoding.equals("base64")) {
            throw HttpFailure.invalid(
                    "encoding_format", "encoding_format must be float or base64, got '" + encoding + "'");
        }
        List<String> texts = texts(fields);
        answering.run(exchange, running -> {
            List<float[]> vectors = Answering.refusing(List.of(), () -> model.embed(texts));
            JsonObject response = response(model, vectors, encoding.equals("base64"), texts);
            running.send(() -> Responses.json(exchange, response));
        });
    }

    private static List<String> texts(RequestFields fields) {
        JsonElement input = fields.value("input").orElseThrow(() -> fields.missing("input"));
        if (input instanceof JsonArray array
                && !array.isEmpty()
                && !(array.get(0) instanceof JsonPrimitive first && first.isString())) {
            throw HttpFailure.unsupported(
                    "input", "input must be a text or an array of texts; token ids are not taken");
        }
        List<String> texts = new ArrayList<>(fields.texts("input"));
        if (texts.isEmpty() || texts.size() > MAX_TEXTS || texts.stream().anyMatch(String::isEmpty)) {
            throw HttpFailure.invalid(
                    "input",
                    "input must be 1 to " + MAX_TEXTS + " texts, none of them empty, got " + texts.size() + " texts");
        }
        return texts;
    }

    private JsonObject response(EmbeddingModel model, List<float[]> vectors, boolean base64, List<String> texts) {
        JsonArray data = new JsonArray();
        for (float[] vector : vectors) {
            JsonObject each = new JsonObject();
            each.addProperty("object", "embedding");
            each.addProperty("index", data.size());
            each.add("embedding", base64 ? base64(vector) : numbers(vector));
            data.add(each);
        }
        long read = texts.stream().mapToLong(tokens::of).sum();
        JsonObject usage = new JsonObject();
        usage.addProperty("prompt_tokens", read);
        usage.addProperty("total_tokens", read);
        JsonObject response = new JsonObject();
        response.addProperty("object", "list");
        response.add("data", data);
        response.addProperty("model", model.name());
        response.add("usage", usage);
        return response;
    }

    private static JsonElement numbers(float[] vector) {
        JsonArray numbers = new JsonArray();
        for (float each : vector) {
            numbers.add(each);
        }
        return numbers;
    }

    private static JsonElement base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float each : vector) {
            bytes.putFloat(each);
        }
        return new JsonPrimitive(Base64.getEncoder().encodeToString(bytes.array()));
    }
}
