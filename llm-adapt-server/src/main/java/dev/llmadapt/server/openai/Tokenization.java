package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.server.catalog.ServedModel;
import dev.llmadapt.server.http.Exchange;
import dev.llmadapt.server.http.HttpFailure;
import java.util.List;

/** {@code POST /tokenize} and {@code POST /detokenize}, in the form of vLLM. */
final class Tokenization {
    private final Catalog catalog;

    Tokenization(Catalog catalog) {
        this.catalog = catalog;
    }

    /** The token ids of a text or a conversation, as the model reads them. */
    void tokenize(Exchange exchange) {
        RequestFields fields = RequestFields.read(exchange);
        LocalModel model = local(catalog.find(fields, exchange));
        if (fields.value("prompt").isPresent() == fields.value("messages").isPresent()) {
            throw HttpFailure.invalid("prompt", "a request must have either a prompt or messages");
        }
        int[] ids = Answering.refusing(
                List.of(), () -> fields.value("prompt").isPresent() ? textIds(fields, model) : chatIds(fields, model));
        JsonArray tokens = new JsonArray();
        for (int id : ids) {
            tokens.add(id);
        }
        JsonObject response = new JsonObject();
        response.addProperty("count", ids.length);
        response.addProperty("max_model_len", model.info().contextLength());
        response.add("tokens", tokens);
        response.add("token_strs", fields.flag("return_token_strs", false) ? texts(model, ids) : JsonNull.INSTANCE);
        Responses.json(exchange, response);
    }

    private static int[] textIds(RequestFields fields, LocalModel model) {
        String text = fields.requiredText("prompt");
        return fields.flag("add_special_tokens", true)
                ? model.promptTokens(Request.of(text).withRaw(true))
                : model.textTokens(text);
    }

    private static int[] chatIds(RequestFields fields, LocalModel model) {
        List<Message> messages = MessagesReader.read(fields);
        Request request = new Request(messages, GenerationOptions.defaults(), OutputConstraint.none(), List.of())
                .withTemplateArguments(ChatRequest.templateArguments(fields));
        request = ToolsReader.apply(fields, request, false);
        return fields.flag("add_generation_prompt", true)
                ? model.promptTokens(request)
                : model.conversationTokens(request);
    }

    private static JsonArray texts(LocalModel model, int[] ids) {
        JsonArray texts = new JsonArray();
        for (int id : ids) {
            texts.add(model.text(new int[] {id}));
        }
        return texts;
    }

    /** The text of token ids. */
    void detokenize(Exchange exchange) {
        RequestFields fields = RequestFields.read(exchange);
        LocalModel model = local(catalog.find(fields, exchange));
        JsonArray tokens = fields.array("tokens").orElseThrow(() -> fields.missing("tokens"));
        int[] ids = tokens.isEmpty() ? new int[0] : CompletionRequest.ids(tokens, "tokens");
        JsonObject response = new JsonObject();
        response.addProperty("prompt", Answering.refusing(List.of(), () -> model.text(ids)));
        Responses.json(exchange, response);
    }

    private static LocalModel local(ServedModel served) {
        return served.local()
                .orElseThrow(() -> HttpFailure.unsupported(
                        "model",
                        "the model '" + served.name()
                                + "' has no tokens of its own: it changes the text of a request before a model reads it"
                                + (served.parent().isEmpty() ? "" : "; ask '" + served.parent() + "'")));
    }
}
