package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.Handler;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** {@code POST /v1/rerank} and {@code /rerank}, in the form of Jina and Cohere. */
final class Rerank implements Handler {
    private static final int MAX_DOCUMENTS = 1000;

    private final Optional<Reranker> reranker;
    private final Answering answering;

    Rerank(Optional<Reranker> reranker, Answering answering) {
        this.reranker = reranker;
        this.answering = answering;
    }

    @Override
    public void handle(Exchange exchange) {
        RequestFields fields = RequestFields.read(exchange);
        Reranker model = reranker.orElseThrow(
                () -> HttpFailure.of(404, "model_not_found", "this server has no reranker; start it with one"));
        String query = fields.requiredText("query");
        List<String> documents = documents(fields);
        int count = fields.integer("top_n", 1, Integer.MAX_VALUE).orElse(documents.size());
        boolean texts = fields.flag("return_documents", true);
        answering.run(exchange, running -> {
            double[] scores = Answering.refusing(List.of(), () -> model.score(query, documents));
            JsonArray results = new JsonArray();
            IntStream.range(0, scores.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -scores[i])) // stable: equal scores in their order
                    .limit(count)
                    .forEach(i -> results.add(result(i, scores[i], texts ? documents.get(i) : "")));
            JsonObject response = new JsonObject();
            response.addProperty("id", Responses.id("rerank-"));
            response.addProperty("model", fields.text("model").orElse("reranker"));
            response.add("results", results);
            running.send(() -> Responses.json(exchange, response));
        });
    }

    private static List<String> documents(RequestFields fields) {
        List<String> documents = new ArrayList<>(fields.texts("documents"));
        if (documents.isEmpty() || documents.size() > MAX_DOCUMENTS) {
            throw HttpFailure.invalid(
                    "documents", "documents must be 1 to " + MAX_DOCUMENTS + " texts, got " + documents.size());
        }
        return documents;
    }

    private static JsonObject result(int index, double score, String text) {
        JsonObject result = new JsonObject();
        result.addProperty("index", index);
        result.addProperty("relevance_score", score);
        if (!text.isEmpty()) {
            JsonObject document = new JsonObject();
            document.addProperty("text", text);
            result.add("document", document);
        }
        return result;
    }
}
