package dev.llmadapt.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Token;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.ToyModel;
import dev.llmadapt.remote.ScriptedServer.Asked;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server with vLLM's interface over the toy model: answers stream a token an event, {@code /tokenize} gives the ids
 * of characters, and {@code /completions} echoes. A whole conversation is one id, so that it can be told from its id.
 */
final class ToyServer implements AutoCloseable {
    private static final int FIRST_PROMPT = ToyModel.END + 1;

    private final ScriptedServer server = new ScriptedServer();
    private final ToyModel toy = new ToyModel();
    private final List<Request> prompts = new CopyOnWriteArrayList<>();

    ToyServer() {
        server.always("/v1/models", ScriptedServer.Reply.json(200, """
                {"object": "list", "data": [{"id": "toy", "object": "model", "owned_by": "vllm", "root": "toy",
                 "parent": null, "max_model_len": 16384, "meta": {"n_vocab": 1114113}}]}"""));
        server.always("/version", ScriptedServer.Reply.json(200, "{\"version\": \"0.12.0\"}"));
        server.always("/tokenize", (exchange, asked) -> answer(exchange, asked, () -> tokenize(asked.json())));
        server.always("/v1/completions", (exchange, asked) -> answer(exchange, asked, () -> echo(asked.json())));
        server.always("/v1/chat/completions", this::chat);
    }

    String base() {
        return server.base();
    }

    private interface Answering {
        JsonObject answer();
    }

    private static void answer(HttpExchange exchange, Asked asked, Answering answering) throws IOException {
        try {
            ScriptedServer.Reply.json(200, answering.answer().toString()).to(exchange, asked);
        } catch (IllegalArgumentException e) {
            refuse(exchange, asked, e);
        }
    }

    private static void refuse(HttpExchange exchange, Asked asked, IllegalArgumentException e) throws IOException {
        JsonObject error = new JsonObject();
        error.addProperty("message", e.getMessage());
        error.addProperty("type", "BadRequestError");
        error.addProperty("code", 400);
        JsonObject json = new JsonObject();
        json.add("error", error);
        ScriptedServer.Reply.json(400, json.toString()).to(exchange, asked);
    }

    private JsonObject tokenize(JsonObject body) {
        JsonArray ids = new JsonArray();
        if (body.has("messages")) {
            prompts.add(request(body));
            ids.add(FIRST_PROMPT + prompts.size() - 1);
        } else {
            body.get("prompt").getAsString().codePoints().forEach(ids::add);
        }
        JsonObject json = new JsonObject();
        json.addProperty("count", ids.size());
        json.add("tokens", ids);
        return json;
    }

    private JsonObject echo(JsonObject body) {
        JsonArray choices = new JsonArray();
        int read = 0;
        for (JsonElement each : body.getAsJsonArray("prompt")) {
            JsonArray ids = each.getAsJsonArray();
            Request prompt = prompts.get(ids.get(0).getAsInt() - FIRST_PROMPT);
            StringBuilder text = new StringBuilder();
            for (int i = 1; i < ids.size(); i++) {
                text.appendCodePoint(ids.get(i).getAsInt());
            }
            var scores = toy.score(prompt, List.of(text.toString()));
            JsonArray tokens = new JsonArray();
            JsonArray values = new JsonArray();
            tokens.add("");
            values.add(JsonNull.INSTANCE);
            for (Token token : scores.entries().get(0).tokens()) {
                tokens.add(token.text());
                values.add(token.logProbability());
            }
            read += scores.usage().promptTokens() + tokens.size();
            JsonObject reported = new JsonObject();
            reported.add("tokens", tokens);
            reported.add("token_logprobs", values);
            JsonObject choice = new JsonObject();
            choice.addProperty("index", choices.size());
            choice.addProperty("text", text.toString());
            choice.add("logprobs", reported);
            choices.add(choice);
        }
        JsonObject usage = new JsonObject();
        usage.addProperty("prompt_tokens", read);
        usage.addProperty("completion_tokens", 0);
        JsonObject json = new JsonObject();
        json.add("choices", choices);
        json.add("usage", usage);
        return json;
    }

    private void chat(HttpExchange exchange, Asked asked) throws IOException {
        JsonObject body = asked.json();
        boolean report = body.has("logprobs") && body.get("logprobs").getAsBoolean();
        OutputStream[] out = new OutputStream[1];
        try {
            Generation answer = toy.stream(request(body), token -> {
                try {
                    if (out[0] == null) {
                        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
                        exchange.sendResponseHeaders(200, 0);
                        out[0] = exchange.getResponseBody();
                    }
                    write(out[0], part(token, report, Optional.empty()).toString());
                } catch (IOException e) {
                    throw new UncheckedIOException(e); // the client is gone
                }
            });
            write(
                    out[0],
                    part(new Token(0, "", 0), false, Optional.of(answer.finishReason()))
                            .toString());
            JsonObject usage = new JsonObject();
            usage.addProperty("prompt_tokens", answer.usage().promptTokens());
            usage.addProperty("completion_tokens", answer.usage().completionTokens());
            JsonObject last = new JsonObject();
            last.add("choices", new JsonArray());
            last.add("usage", usage);
            write(out[0], last.toString());
            write(out[0], "[DONE]");
        } catch (IllegalArgumentException e) {
            refuse(exchange, asked, e);
        } catch (UncheckedIOException e) {
            // nobody listens any more
        } finally {
            exchange.close();
        }
    }

    private static void write(OutputStream out, String event) throws IOException {
        out.write(("data: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static JsonObject part(Token token, boolean report, Optional<FinishReason> reason) {
        JsonObject delta = new JsonObject();
        delta.addProperty("content", token.text());
        JsonObject choice = new JsonObject();
        choice.addProperty("index", 0);
        choice.add("delta", delta);
        if (report) {
            JsonObject entry = new JsonObject();
            entry.addProperty("token", token.text());
            entry.addProperty("logprob", token.logProbability());
            JsonArray top = new JsonArray();
            for (Token.Candidate candidate : token.candidates()) {
                JsonObject other = new JsonObject();
                other.addProperty("id", candidate.id());
                other.addProperty("token", candidate.text());
                other.addProperty("logprob", candidate.logProbability());
                top.add(other);
            }
            entry.add("top_logprobs", top);
            JsonArray content = new JsonArray();
            content.add(entry);
            JsonObject reported = new JsonObject();
            reported.add("content", content);
            choice.add("logprobs", reported);
            JsonArray ids = new JsonArray();
            ids.add(token.id());
            choice.add("token_ids", ids);
        }
        choice.addProperty(
                "finish_reason",
                reason.map(each -> each.name().toLowerCase(Locale.ROOT)).orElse(null));
        JsonArray choices = new JsonArray();
        choices.add(choice);
        JsonObject part = new JsonObject();
        part.addProperty("object", "chat.completion.chunk");
        part.add("choices", choices);
        return part;
    }

    private static Request request(JsonObject body) {
        List<Message> messages = new ArrayList<>();
        body.getAsJsonArray("messages")
                .forEach(each -> messages.add(new Message(
                        Role.valueOf(
                                each.getAsJsonObject().get("role").getAsString().toUpperCase(Locale.ROOT)),
                        each.getAsJsonObject().get("content").getAsString())));
        List<String> stop = new ArrayList<>();
        if (body.has("stop")) {
            body.getAsJsonArray("stop").forEach(each -> stop.add(each.getAsString()));
        }
        GenerationOptions options = new GenerationOptions(
                (int) number(body, "max_tokens", 16),
                number(body, "temperature", 1),
                (int) Math.max(0, number(body, "top_k", 0)),
                number(body, "top_p", 1),
                number(body, "min_p", 0),
                number(body, "repetition_penalty", 1),
                stop,
                body.has("seed") ? body.get("seed").getAsLong() : 12345,
                true);
        options = options.withCandidates((int) number(body, "top_logprobs", 0));
        Request request = Request.of(messages.toArray(Message[]::new)).withOptions(options);
        if (body.has("structured_outputs")) {
            List<String> choices = new ArrayList<>();
            body.getAsJsonObject("structured_outputs")
                    .getAsJsonArray("choice")
                    .forEach(each -> choices.add(each.getAsString()));
            request = request.withConstraint(OutputConstraint.oneOf(choices));
        }
        return body.has("tools") ? request.withTools(ToolSpec.of("some", "")) : request;
    }

    private static double number(JsonObject body, String name, double other) {
        return body.has(name) ? body.get(name).getAsDouble() : other;
    }

    @Override
    public void close() {
        server.close();
        toy.close();
    }
}
