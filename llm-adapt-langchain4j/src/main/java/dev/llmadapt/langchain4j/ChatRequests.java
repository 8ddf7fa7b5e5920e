package dev.llmadapt.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.ToolSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests of LangChain4j as those of this library: what they ask for is in them, or refused by name. */
final class ChatRequests {
    private static final JsonSchema ANY_OBJECT = JsonSchema.parse("{\"type\": \"object\"}");

    private final ChatOptions options;
    private final String base;

    /**
     * For one model.
     *
     * @param base its own name, with which a request asks for no adapter
     */
    ChatRequests(ChatOptions options, String base) {
        this.options = options;
        this.base = base;
    }

    /**
     * A request of this library.
     *
     * @param request with the parameters of the options where it says nothing
     * @throws UnsupportedFeatureException if it asks for what no model of this library does
     * @throws IllegalArgumentException if a value is out of its range
     */
    Request request(ChatRequest request) {
        ChatRequestParameters parameters = request.parameters();
        requireSupported(parameters);
        return new Request(
                request.messages().stream().map(ChatMessages::message).toList(),
                decoding(parameters),
                constraint(parameters.responseFormat()),
                adapters(parameters.modelName()),
                false,
                tools(parameters.toolSpecifications()),
                choice(parameters.toolChoice()),
                options.templateArguments(),
                options.scheduling());
    }

    /** The name that an answer gives as its model's. */
    String modelName(ChatRequest request) {
        String asked = request.parameters().modelName();
        return asked == null ? base : asked;
    }

    /** Refuses what no model of this library does. */
    static void requireSupported(ChatRequestParameters parameters) {
        requireNone("frequencyPenalty", parameters.frequencyPenalty());
        requireNone("presencePenalty", parameters.presencePenalty());
        List<ToolSpecification> tools = parameters.toolSpecifications();
        boolean calls = tools != null && !tools.isEmpty() && parameters.toolChoice() != ToolChoice.NONE;
        if (calls && isJson(parameters.responseFormat())) {
            throw new UnsupportedFeatureException("a JSON response format together with tools is not supported, since"
                    + " the answer may be a call; leave one of them out, or ask without tools once they have answered");
        }
    }

    private static void requireNone(String parameter, @Nullable Double value) {
        if (value != null && value != 0) {
            throw new UnsupportedFeatureException("the parameter " + parameter + " is not supported, got " + value
                    + "; leave it out (ChatOptions.withRepetitionPenalty is what models of this library have)");
        }
    }

    private static boolean isJson(@Nullable ResponseFormat format) {
        return format != null && format.type() == ResponseFormatType.JSON;
    }

    private GenerationOptions decoding(ChatRequestParameters parameters) {
        double temperature = or(parameters.temperature(), 0);
        List<String> stop = parameters.stopSequences();
        return new GenerationOptions(
                parameters.maxOutputTokens() == null ? ChatOptions.MAX_OUTPUT_TOKENS : parameters.maxOutputTokens(),
                temperature,
                parameters.topK() == null ? 0 : parameters.topK(),
                or(parameters.topP(), 1),
                options.minP(),
                options.repetitionPenalty(),
                stop == null ? List.of() : stop,
                temperature > 0 ? options.seeds().getAsLong() : 0,
                false);
    }

    private static double or(@Nullable Double value, double other) {
        return value == null ? other : value;
    }

    private OutputConstraint constraint(@Nullable ResponseFormat format) {
        if (format == null || !isJson(format)) {
            return OutputConstraint.none();
        }
        if (format.jsonSchema() == null) {
            return OutputConstraint.json(ANY_OBJECT);
        }
        if (!options.jsonSchema()) {
            throw new UnsupportedFeatureException("a response format with a JSON schema is not supported by this model:"
                    + " its ChatOptions say that it keeps none (withJsonSchema)");
        }
        return OutputConstraint.json(
                JsonSchema.parse(SchemaText.of(format.jsonSchema().rootElement())));
    }

    private List<AdapterUse> adapters(@Nullable String modelName) {
        return modelName == null || modelName.equals(base) ? List.of() : List.of(AdapterUse.of(modelName));
    }

    private static List<ToolSpec> tools(@Nullable List<ToolSpecification> tools) {
        if (tools == null) {
            return List.of();
        }
        return tools.stream()
                .map(tool -> tool.parameters() == null
                        ? ToolSpec.of(tool.name(), ChatMessages.orEmpty(tool.description()))
                        : ToolSpec.of(
                                tool.name(),
                                ChatMessages.orEmpty(tool.description()),
                                JsonSchema.parse(SchemaText.of(tool.parameters()))))
                .toList();
    }

    private static dev.llmadapt.ToolChoice choice(@Nullable ToolChoice choice) {
        if (choice == null) {
            return dev.llmadapt.ToolChoice.auto();
        }
        return switch (choice) {
            case AUTO -> dev.llmadapt.ToolChoice.auto();
            case REQUIRED -> dev.llmadapt.ToolChoice.required();
            case NONE -> dev.llmadapt.ToolChoice.none();
        };
    }
}
