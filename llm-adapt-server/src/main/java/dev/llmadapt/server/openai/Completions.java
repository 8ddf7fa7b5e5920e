package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.Generation;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.Token;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.server.catalog.ServedModel;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.Handler;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** {@code POST /v1/completions}: text or token ids as they are, without a chat template. */
final class Completions implements Handler {
    private final Catalog catalog;
    private final Answering answering;
    private final RequestDefaults defaults;

    Completions(Catalog catalog, Answering answering, RequestDefaults defaults) {
        this.catalog = catalog;
        this.answering = answering;
        this.defaults = defaults;
    }

    /** A prompt as it is told with its answers: its text, and its tokens where they are wanted. */
    private record Echo(String text, List<Token> tokens, int tokenCount) {
        static final Echo NONE = new Echo("", List.of(), 0);
    }

    @Override
    public void handle(Exchange exchange) {
        RequestFields fields = RequestFields.read(exchange);
        ServedModel served = catalog.find(fields, exchange);
        CompletionRequest request = CompletionRequest.read(fields, defaults);
        List<Asked> asked = asked(served, request, exchange.caller());
        CompletionJson json = new CompletionJson(served.name(), request.logprobs(), request.includeUsage());
        answering.run(exchange, running -> {
            List<Echo> echoes = echoes(running, served, request, exchange.caller());
            if (request.stream()) {
                stream(new EventSink(exchange, running), running, served, asked, request, echoes, json);
            } else {
                whole(exchange, running, served, asked, request, echoes, json);
            }
        });
    }

    private static List<Asked> asked(ServedModel served, CompletionRequest request, String caller) {
        List<Asked> asked = new ArrayList<>();
        for (CompletionRequest.Prompt prompt : request.prompts()) {
            for (int i = 0; i < request.choices(); i++) {
                Request each = raw(served, request, prompt, i, caller);
                int[] ids = prompt.ids();
                asked.add(
                        ids == null
                                ? new Asked.Conversation(served.model(), each, "prompt")
                                : new Asked.Tokens(local(served, "prompt as token ids"), ids, each));
            }
        }
        return asked;
    }

    private static Request raw(
            ServedModel served, CompletionRequest request, CompletionRequest.Prompt prompt, int choice, String caller) {
        String text = prompt.text();
        return served.applyTo(Request.of(text == null ? "" : text)
                .withRaw(true)
                .withOptions(request.options().withSeed(request.options().seed() + choice))
                .withConstraint(request.constraint())
                .withScheduling(Scheduling.NONE.withCaller(caller)));
    }

    private static LocalModel local(ServedModel served, String what) {
        return served.local()
                .orElseThrow(() -> HttpFailure.unsupported(
                        "prompt",
                        "the model '" + served.name() + "' does not take " + what
                                + ": it changes the text of a request before a model reads it"));
    }

    private List<Echo> echoes(RunningRequest running, ServedModel served, CompletionRequest request, String caller) {
        if (!request.echo()) {
            return request.prompts().stream().map(prompt -> Echo.NONE).toList();
        }
        return request.logprobs()
                ? scored(running, served, request, caller)
                : request.prompts().stream()
                        .map(prompt -> echo(served, request, prompt))
                        .toList();
    }

    private static Echo echo(ServedModel served, CompletionRequest request, CompletionRequest.Prompt prompt) {
        String text = prompt.text();
        int[] given = prompt.ids();
        if (given != null) {
            LocalModel local = local(served, "prompt as token ids");
            return new Echo(Answering.refusing(List.of(), () -> local.text(given)), List.of(), given.length);
        }
        String known = String.valueOf(text);
        int count = request.writes()
                ? 0
                : served.local().map(local -> ids(local, known).length).orElse(0);
        return new Echo(known, List.of(), count);
    }

    /** All prompts with the log-probabilities of their tokens, scored together. */
    private List<Echo> scored(RunningRequest running, ServedModel served, CompletionRequest request, String caller) {
        LocalModel local = local(served, "echo with logprobs");
        List<int[]> prompts = new ArrayList<>();
        List<Asked> asked = new ArrayList<>();
        for (CompletionRequest.Prompt prompt : request.prompts()) {
            int[] given = prompt.ids();
            int[] ids = given != null ? given : ids(local, String.valueOf(prompt.text()));
            prompts.add(ids);
            asked.add(new Asked.Tokens(local, ids, raw(served, request, prompt, 0, caller)));
        }
        Request scoring = raw(served, request, request.prompts().get(0), 0, caller);
        List<List<Token>> scored = answering.withAdapter(
                running,
                served,
                () -> Answering.refusing(asked, () -> local.scoreTokens(prompts, request.logprobStart(), scoring)));
        List<Echo> echoes = new ArrayList<>();
        for (int i = 0; i < scored.size(); i++) {
            answering.countRead(served, prompts.get(i).length);
            StringBuilder whole = new StringBuilder();
            scored.get(i).forEach(token -> whole.append(token.text()));
            String text = request.prompts().get(i).text();
            echoes.add(new Echo(text == null ? whole.toString() : text, scored.get(i), prompts.get(i).length));
        }
        return echoes;
    }

    private static int[] ids(LocalModel model, String text) {
        return Answering.refusing(
                List.of(), () -> model.promptTokens(Request.of(text).withRaw(true)));
    }

    private void whole(
            Exchange exchange,
            RunningRequest running,
            ServedModel served,
            List<Asked> asked,
            CompletionRequest request,
            List<Echo> echoes,
            CompletionJson json) {
        JsonArray choices = new JsonArray();
        List<Generation> answers = request.writes() ? answering.answers(running, served, asked) : List.of();
        for (int i = 0; i < asked.size(); i++) {
            Echo echo = echoes.get(i / request.choices());
            List<Token> tokens = new ArrayList<>(echo.tokens());
            String text = echo.text();
            String reason = "length"; // of an answer of no token
            if (request.writes()) {
                Generation answer = answers.get(i);
                tokens.addAll(answer.tokens());
                text += answer.text();
                reason = Responses.finishReason(answer);
            }
            choices.add(json.choice(i, text, tokens, 0, reason));
        }
        JsonObject response = json.response(choices, usage(answers, echoes, request));
        running.send(() -> Responses.json(exchange, response));
    }

    private static JsonObject usage(List<Generation> answers, List<Echo> echoes, CompletionRequest request) {
        long read = 0;
        long cached = 0;
        long written = 0;
        for (int i = 0; i < answers.size(); i++) {
            if (i % request.choices() == 0) {
                read += answers.get(i).usage().promptTokens();
                cached += answers.get(i).usage().cachedPromptTokens();
            }
            written += answers.get(i).usage().completionTokens();
        }
        if (answers.isEmpty()) {
            read = echoes.stream().mapToLong(Echo::tokenCount).sum();
        }
        return Responses.usage(read, cached, written, OptionalLong.empty());
    }

    private void stream(
            EventSink sink,
            RunningRequest running,
            ServedModel served,
            List<Asked> asked,
            CompletionRequest request,
            List<Echo> echoes,
            CompletionJson json) {
        StreamedTexts sent = new StreamedTexts(asked.size());
        int[] offsets = new int[asked.size()]; // each used by one thread
        boolean[] begun = new boolean[asked.size()];
        try {
            List<Generation> answers = request.writes()
                    ? answering.stream(running, served, asked, (choice, token) -> {
                        begin(choice, begun, offsets, echoes.get(choice / request.choices()), sink, json);
                        sent.add(choice, token);
                        if (request.logprobs() || !token.text().isEmpty()) {
                            sink.send(json.piece(choice, token.text(), List.of(token), offsets[choice], null));
                            offsets[choice] += token.text().length();
                        }
                    })
                    : List.of();
            for (int choice = 0; choice < asked.size(); choice++) {
                begin(choice, begun, offsets, echoes.get(choice / request.choices()), sink, json);
                String rest = request.writes() ? sent.rest(choice, answers.get(choice)) : "";
                String reason = request.writes() ? Responses.finishReason(answers.get(choice)) : "length";
                sink.send(json.piece(choice, rest, List.of(), offsets[choice], reason));
            }
            if (request.includeUsage()) {
                sink.send(json.response(new JsonArray(), usage(answers, echoes, request)));
            }
            sink.done();
        } catch (HttpFailure e) {
            if (!sink.fail(e)) {
                throw e;
            }
        }
    }

    /** Sends the prompt, where it is wanted, before the first token. */
    private static void begin(
            int choice, boolean[] begun, int[] offsets, Echo echo, EventSink sink, CompletionJson json) {
        if (!begun[choice]) {
            begun[choice] = true;
            if (!echo.equals(Echo.NONE)) {
                sink.send(json.piece(choice, echo.text(), echo.tokens(), 0, null));
                offsets[choice] = echo.text().length();
            }
        }
    }
}
