package dev.llmadapt.remote;

import dev.llmadapt.remote.ScriptedServer.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Answers in the shapes of servers, from the resources. */
final class Recorded {
    private Recorded() {}

    static String text(String name) {
        try (InputStream in = Recorded.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Reply events(String name) {
        return Reply.events(text(name));
    }

    static Reply json(String name) {
        return Reply.json(200, text(name));
    }

    /** A stream of one event with a text that ended by itself. */
    static Reply said(String text) {
        com.google.gson.JsonObject delta = new com.google.gson.JsonObject();
        delta.addProperty("content", text);
        return Reply.events("data: {\"choices\": [{\"index\": 0, \"delta\": " + delta
                + ", \"finish_reason\": \"stop\"}]}\n\ndata: {\"choices\": [], \"usage\": {\"prompt_tokens\": 1000000,"
                + " \"completion_tokens\": 500000}}\n\ndata: [DONE]\n\n");
    }
}
