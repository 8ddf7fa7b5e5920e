package dev.llmadapt.server.openai;

import com.google.gson.JsonObject;
import dev.llmadapt.Generation;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Token;
import dev.llmadapt.ToolCall;
import dev.llmadapt.server.catalog.ServedModel;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.Handler;
import dev.llmadapt.server.http.HttpFailure;
import java.util.List;

/** {@code POST /v1/chat/completions}. */
final class ChatCompletions implements Handler {
    private final Catalog catalog;
    private final Answering answering;
    private final RequestDefaults defaults;

    ChatCompletions(Catalog catalog, Answering answering, RequestDefaults defaults) {
        this.catalog = catalog;
        this.answering = answering;
        this.defaults = defaults;
    }

    @Override
    public void handle(Exchange exchange) {
        RequestFields fields = RequestFields.read(exchange);
        ServedModel served = catalog.find(fields, exchange);
        ChatRequest request = ChatRequest.read(fields, defaults);
        List<Asked> asked = request.requests().stream()
                .map(each -> each.withScheduling(Scheduling.NONE.withCaller(exchange.caller())))
                .<Asked>map(each -> new Asked.Conversation(served.model(), served.applyTo(each), "messages"))
                .toList();
        ChatJson json = new ChatJson(served.name(), request.logprobs(), request.includeUsage());
        answering.run(exchange, running -> {
            if (request.stream()) {
                stream(exchange, running, served, asked, request, json);
            } else {
                JsonObject whole = json.whole(answering.answers(running, served, asked));
                running.send(() -> Responses.json(exchange, whole));
            }
        });
    }

    private void stream(
            Exchange exchange,
            RunningRequest running,
            ServedModel served,
            List<Asked> asked,
            ChatRequest request,
            ChatJson json) {
        EventSink sink = new EventSink(exchange, running);
        StreamedTexts sent = new StreamedTexts(asked.size());
        boolean[] begun = new boolean[asked.size()]; // each used by one thread
        try {
            List<Generation> answers = answering.stream(running, served, asked, (choice, token) -> {
                begin(choice, begun, sink, json);
                sent.add(choice, token);
                if (request.logprobs()
                        || !token.text().isEmpty()
                        || !token.reasoning().isEmpty()) {
                    sink.send(json.token(choice, token));
                }
            });
            for (int choice = 0; choice < answers.size(); choice++) {
                Generation answer = answers.get(choice);
                begin(choice, begun, sink, json);
                if (!answer.reasoning().isEmpty() && !sent.thought(choice)) {
                    sink.send(json.reasoning(choice, answer.reasoning()));
                }
                String rest = sent.rest(choice, answer);
                if (!rest.isEmpty()) {
                    sink.send(json.token(choice, new Token(0, rest, Double.NaN)));
                }
                int index = 0;
                for (ToolCall call : answer.toolCalls()) {
                    sink.send(json.call(choice, index++, call));
                }
                sink.send(json.end(choice, answer));
            }
            if (request.includeUsage()) {
                sink.send(json.usagePiece(answers));
            }
            sink.done();
        } catch (HttpFailure e) {
            if (!sink.fail(e)) {
                throw e;
            }
        }
    }

    private static void begin(int choice, boolean[] begun, EventSink sink, ChatJson json) {
        if (!begun[choice]) {
            begun[choice] = true;
            sink.send(json.role(choice));
        }
    }
}
