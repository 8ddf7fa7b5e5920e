package dev.llmadapt.server;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.HttpFailure;
import dev.llmadapt.server.http.Routes;
import dev.llmadapt.server.metrics.ServerMetrics;
import dev.llmadapt.server.openai.Answering;
import java.nio.charset.StandardCharsets;

/** The routes for those who run the server. */
final class Operations {
    private final ServedModels models;
    private final Answering answering;
    private final ServerMetrics metrics;

    Operations(ServedModels models, Answering answering, ServerMetrics metrics) {
        this.models = models;
        this.answering = answering;
        this.metrics = metrics;
    }

    void add(Routes routes) {
        routes.add("GET", "/health", Operations::health)
                .add("GET", "/ready", this::ready)
                .add("GET", "/version", Operations::version)
                .add("GET", "/metrics", this::metrics);
    }

    /** The process answers. */
    private static void health(Exchange exchange) {
        json(exchange, "{\"status\":\"ok\"}");
    }

    /** Requests are taken. */
    private void ready(Exchange exchange) {
        if (answering.isDraining() || models.names().isEmpty()) {
            throw HttpFailure.of(
                    503,
                    "not_ready",
                    answering.isDraining() ? "the server is about to stop" : "the server has no model");
        }
        json(exchange, "{\"status\":\"ready\"}");
    }

    private static void version(Exchange exchange) {
        String version = Operations.class.getPackage().getImplementationVersion();
        json(exchange, "{\"version\":" + JsonSchema.quoted(version == null ? "development" : version) + "}");
    }

    private void metrics(Exchange exchange) {
        exchange.respond(
                200, "text/plain; version=0.0.4; charset=utf-8", metrics.text().getBytes(StandardCharsets.UTF_8));
    }

    private static void json(Exchange exchange, String json) {
        exchange.respond(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }
}
