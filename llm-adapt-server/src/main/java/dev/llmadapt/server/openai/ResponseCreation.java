package dev.llmadapt.server.openai;

import com.google.gson.JsonObject;
import dev.llmadapt.Generation;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.server.catalog.ServedModel;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.Handler;
import dev.llmadapt.server.http.HttpFailure;
import java.util.List;

/** {@code POST /v1/responses}: OpenAI's Responses API, without what a server would have to keep or to run. */
final class ResponseCreation implements Handler {
    private final Catalog catalog;
    private final Answering answering;
    private final RequestDefaults defaults;

    ResponseCreation(Catalog catalog, Answering answering, RequestDefaults defaults) {
        this.catalog = catalog;
        this.answering = answering;
        this.defaults = defaults;
    }

    @Override
    public void handle(Exchange exchange) {
        RequestFields fields = RequestFields.read(exchange);
        ServedModel served = catalog.find(fields, exchange);
        ResponseRequest request = ResponseRequest.read(fields, defaults);
        Request own = served.applyTo(request.request().withScheduling(Scheduling.NONE.withCaller(exchange.caller())));
        List<Asked> asked = List.of(new Asked.Conversation(served.model(), own, "input"));
        ResponseJson json = new ResponseJson(served.name(), request);
        answering.run(exchange, running -> {
            if (request.stream()) {
                EventSink sink = new EventSink(exchange, running);
                stream(new ResponseEvents(sink, json, request.logprobs()), running, served, asked);
            } else {
                JsonObject whole =
                        json.whole(answering.answers(running, served, asked).get(0));
                running.send(() -> Responses.json(exchange, whole));
            }
        });
    }

    private void stream(ResponseEvents events, RunningRequest running, ServedModel served, List<Asked> asked) {
        StreamedTexts sent = new StreamedTexts(1);
        try {
            Generation answer = answering.stream(running, served, asked, (choice, token) -> {
                        sent.add(choice, token);
                        events.token(token);
                    })
                    .get(0);
            events.end(answer, sent.thought(0) ? "" : answer.reasoning(), sent.rest(0, answer));
        } catch (HttpFailure e) {
            if (!events.fail(e)) {
                throw e;
            }
        }
    }
}
