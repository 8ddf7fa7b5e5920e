package dev.llmadapt.server.openai;

import com.google.gson.JsonElement;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.server.http.HttpFailure;
import dev.llmadapt.text.StrictJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request for an answer in a conversation.
 *
 * @param requests one for each answer, which differ by their seeds
 * @param stream whether the answer is sent token by token
 * @param includeUsage whether a stream ends with its usage
 * @param logprobs whether the tokens come with their log-probabilities
 */
record ChatRequest(List<Request> requests, boolean stream, boolean includeUsage, boolean logprobs) {
    static ChatRequest read(RequestFields fields, RequestDefaults defaults) {
        Refusals.ofChat(fields);
        boolean logprobs = fields.flag("logprobs", false);
        int top = fields.integer("top_logprobs", 0, 20).orElse(0);
        if (top > 0 && !logprobs) {
            throw HttpFailure.invalid("top_logprobs", "top_logprobs needs logprobs: true");
        }
        boolean stream = fields.flag("stream", false);
        boolean includeUsage = SamplingReader.includeUsage(fields, stream);
        GenerationOptions options = SamplingReader.read(fields, defaults, SamplingReader.MAX_TOKENS, logprobs, top);
        int choices = SamplingReader.choices(fields, defaults);
        OutputConstraint constraint = ConstraintReader.read(fields);
        try {
            Request request = new Request(MessagesReader.read(fields), options, constraint, List.of());
            request = ToolsReader.apply(fields, request, false).withTemplateArguments(templateArguments(fields));
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < choices; i++) {
                requests.add(request.withOptions(options.withSeed(options.seed() + i)));
            }
            return new ChatRequest(requests, stream, includeUsage, logprobs);
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid(null, String.valueOf(e.getMessage()));
        }
    }

    /** The arguments of the chat template. */
    static Map<String, Object> templateArguments(RequestFields fields) {
        return templateArguments(fields, fields.text("reasoning_effort"));
    }

    /**
     * The arguments of the chat template.
     *
     * @param effort how much the model is to think; empty where the request does not say
     */
    @SuppressWarnings("unchecked") // null, within JSON alone, is refused by the request, which names the argument
    static Map<String, Object> templateArguments(RequestFields fields, Optional<String> effort) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        fields.object("chat_template_kwargs")
                .ifPresent(given -> given.object()
                        .entrySet()
                        .forEach(entry -> arguments.put(entry.getKey(), plain(entry.getValue()))));
        effort.ifPresent(each -> arguments.putIfAbsent("reasoning_effort", each));
        return (Map<String, Object>) (Map<String, ?>) arguments;
    }

    private static @Nullable Object plain(JsonElement value) {
        return numbers(StrictJson.plain(value));
    }

    /** Converts a JSON value for a chat template: whole numbers to integers, others to doubles. */
    private static @Nullable Object numbers(@Nullable Object value) {
        if (value instanceof BigDecimal number) {
            try {
                return number.longValueExact();
            } catch (ArithmeticException e) {
                return number.doubleValue();
            }
        } else if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, each) -> copy.put(String.valueOf(name), numbers(each)));
            return copy;
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(each -> copy.add(numbers(each)));
            return copy;
        }
        return value;
    }
}
