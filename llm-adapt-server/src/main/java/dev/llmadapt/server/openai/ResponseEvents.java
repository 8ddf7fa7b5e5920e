package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Generation;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends a response in events: its items one after the other, each with its beginning, its pieces and its end. The
 * output of the last event is the items that were sent. Used by one thread.
 */
final class ResponseEvents {
    private final EventSink sink;
    private final ResponseJson json;
    private final boolean logprobs;
    private final JsonArray output = new JsonArray(); // the items that are sent
    private final List<Token> silent = new ArrayList<>(); // tokens without a text since the last one with one
    private @Nullable Item open;
    private int sequence;

    ResponseEvents(EventSink sink, ResponseJson json, boolean logprobs) {
        this.sink = sink;
        this.json = json;
        this.logprobs = logprobs;
    }

    /** An item whose text is being sent: a message, or a thought. */
    private record Item(String id, boolean isThought, StringBuilder text, List<Token> tokens) {
        String event(String end) {
            return (isThought ? "response.reasoning_text." : "response.output_text.") + end;
        }
    }

    /** Sends a token. */
    void token(Token token) {
        if (!token.reasoning().isEmpty()) {
            piece(open(true), token.reasoning(), List.of());
        }
        if (!token.text().isEmpty()) {
            silent.add(token);
            text(token.text());
        } else if (token.reasoning().isEmpty()) {
            silent.add(token);
        }
    }

    private void text(String text) {
        Item item = open(false);
        List<Token> tokens = List.copyOf(silent);
        silent.clear();
        item.tokens().addAll(tokens);
        piece(item, text, tokens);
    }

    private void begin() {
        if (sequence == 0) {
            response("response.created", json.begun());
            response("response.in_progress", json.begun());
        }
    }

    /** The item that is being sent, after the end of one of the other kind. */
    private Item open(boolean thought) {
        Item item = open;
        if (item != null && item.isThought() == thought) {
            return item;
        }
        end("completed");
        begin();
        Item next = new Item(Responses.id(thought ? "rs_" : "msg_"), thought, new StringBuilder(), new ArrayList<>());
        open = next;
        item("response.output_item.added", whole(next, false, "in_progress"));
        part("response.content_part.added", next);
        return next;
    }

    private void piece(Item item, String delta, List<Token> tokens) {
        item.text().append(delta);
        JsonObject event = at(item);
        event.addProperty("delta", delta);
        if (!item.isThought()) {
            event.add("logprobs", json.logprobs(tokens));
        }
        send(item.event("delta"), event);
    }

    /** Ends the item that is being sent, if there is one. */
    private void end(String status) {
        Item item = open;
        if (item == null) {
            return;
        }
        open = null;
        JsonObject done = at(item);
        done.addProperty("text", item.text().toString());
        if (!item.isThought()) {
            done.add("logprobs", json.logprobs(item.tokens()));
        }
        send(item.event("done"), done);
        part("response.content_part.done", item);
        JsonObject whole = whole(item, true, status);
        item("response.output_item.done", whole);
        output.add(whole);
    }

    /**
     * Sends what is left of an answer, and the end.
     *
     * @param thought what it thought, if none of it was sent
     * @param rest the text that was not sent
     */
    void end(Generation answer, String thought, String rest) {
        begin();
        boolean textFirst = isText(open); // a layer may tell its thought after the answer
        if (!thought.isEmpty() && !textFirst) {
            piece(open(true), thought, List.of());
        }
        if (!rest.isEmpty() || needsMessage(answer)) {
            text(rest);
        }
        end(ResponseJson.itemStatus(answer, true));
        if (!thought.isEmpty() && textFirst) {
            piece(open(true), thought, List.of());
            end("completed");
        }
        answer.toolCalls().forEach(this::call);
        response("response." + ResponseJson.status(answer), json.ended(answer, output));
        sink.close();
    }

    /** Whether a message is yet to be sent, or log-probabilities of one. */
    private boolean needsMessage(Generation answer) {
        boolean sending = isText(open);
        boolean sent = sending || output.asList().stream().anyMatch(ResponseEvents::isMessage);
        return sent ? sending && logprobs && !silent.isEmpty() : ResponseJson.hasMessage(answer);
    }

    private static boolean isText(@Nullable Item item) {
        return item != null && !item.isThought();
    }

    private static boolean isMessage(JsonElement item) {
        return item.getAsJsonObject().get("type").getAsString().equals("message");
    }

    private void call(ToolCall call) {
        String id = Responses.id("fc_");
        item("response.output_item.added", ResponseJson.call(id, call, "", "in_progress"));
        JsonObject delta = at(id);
        delta.addProperty("delta", call.arguments());
        send("response.function_call_arguments.delta", delta);
        JsonObject done = at(id);
        done.addProperty("name", call.name());
        done.addProperty("arguments", call.arguments());
        send("response.function_call_arguments.done", done);
        JsonObject whole = ResponseJson.call(id, call, call.arguments(), "completed");
        item("response.output_item.done", whole);
        output.add(whole);
    }

    /**
     * Tells a failure as the last event.
     *
     * @return whether it was told; if not, the response has not begun, and there is a status to tell it by
     */
    boolean fail(HttpFailure failure) {
        if (!sink.hasBegun()) {
            return false;
        }
        response("response.failed", json.failed(failure, output));
        sink.close();
        return true;
    }

    private JsonObject whole(Item item, boolean complete, String status) {
        if (item.isThought()) {
            return ResponseJson.reasoning(item.id(), item.text().toString(), status);
        }
        return complete
                ? json.message(item.id(), item.text().toString(), item.tokens(), status)
                : ResponseJson.message(item.id(), status);
    }

    private JsonObject partOf(Item item) {
        String text = item.text().toString();
        return item.isThought() ? ResponseJson.thought(text) : json.text(text, item.tokens());
    }

    private void response(String type, JsonObject response) {
        JsonObject event = new JsonObject();
        event.add("response", response);
        send(type, event);
    }

    private void item(String type, JsonObject item) {
        JsonObject event = new JsonObject();
        event.addProperty("output_index", output.size());
        event.add("item", item);
        send(type, event);
    }

    private void part(String type, Item item) {
        JsonObject event = at(item);
        event.add("part", partOf(item));
        send(type, event);
    }

    /** An event of the part of an item; each has one. */
    private JsonObject at(Item item) {
        JsonObject event = at(item.id());
        event.addProperty("content_index", 0);
        return event;
    }

    private JsonObject at(String id) {
        JsonObject event = new JsonObject();
        event.addProperty("item_id", id);
        event.addProperty("output_index", output.size());
        return event;
    }

    private void send(String type, JsonObject fields) {
        JsonObject event = new JsonObject();
        event.addProperty("type", type);
        event.add("sequence_number", new JsonPrimitive(sequence++));
        fields.entrySet().forEach(each -> event.add(each.getKey(), each.getValue()));
        sink.send(type, event);
    }
}
