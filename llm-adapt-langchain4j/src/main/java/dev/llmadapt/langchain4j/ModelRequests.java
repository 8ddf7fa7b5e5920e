package dev.llmadapt.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.remote.bridge.ChoiceJson;
import dev.llmadapt.remote.bridge.RequestRefusals;
import java.util.List;

/** Requests of this library as LangChain4j's: what they ask for is in them, or refused by name. */
final class ModelRequests {
    private final String model;
    private final RequestRefusals refusals;
    private final ChatRequestParameters defaults;
    private final boolean jsonSchema;

    /**
     * For one model.
     *
     * @param model its name, for messages
     * @param defaults its own parameters, which hold where a request has none
     * @param jsonSchema whether it declares that it keeps JSON schemas
     */
    ModelRequests(String model, ChatRequestParameters defaults, boolean jsonSchema) {
        this.model = model;
        this.refusals = new RequestRefusals(model, "LangChain4j");
        this.defaults = defaults;
        this.jsonSchema = jsonSchema;
    }

    /**
     * A request of LangChain4j.
     *
     * @throws IllegalArgumentException if this one asks for what LangChain4j's interface cannot say, or the model does
     *     not declare
     */
    ChatRequest chatRequest(Request request) {
        refusals.refusePrompt(request);
        DefaultChatRequestParameters.Builder<?> parameters = ChatRequestParameters.builder();
        decoding(request.options(), parameters);
        if (request.callsTools()) {
            tools(request, parameters);
        }
        format(request.constraint(), parameters);
        return ChatRequest.builder()
                .messages(request.messages().stream()
                        .map(ChatMessages::chatMessage)
                        .toList())
                .parameters(parameters.build())
                .build();
    }

    private void decoding(GenerationOptions options, DefaultChatRequestParameters.Builder<?> parameters) {
        refusals.refuseDecoding(options);
        parameters
                .maxOutputTokens(options.maxTokens())
                .temperature(options.temperature())
                .stopSequences(options.stop());
        if (options.topP() < 1 || (defaults.topP() != null && defaults.topP() < 1)) {
            parameters.topP(options.topP());
        }
        refusals.refuse(
                options.topK() == 0 && defaults.topK() != null,
                "all tokens (topK 0), since the model's own parameters have topK " + defaults.topK(),
                "open it without topK");
        if (options.topK() > 0) {
            parameters.topK(options.topK());
        }
        refusals.refuse(
                options.stop().isEmpty()
                        && defaults.stopSequences() != null
                        && !defaults.stopSequences().isEmpty(),
                "no stop texts, since the model's own parameters have stopSequences " + defaults.stopSequences(),
                "open it without stopSequences");
    }

    private void tools(Request request, DefaultChatRequestParameters.Builder<?> parameters) {
        ToolChoice choice = request.toolChoice();
        boolean named = choice.mode() == ToolChoice.Mode.NAMED;
        refusals.refuse(
                !named && !choice.parallel(), "one call at most (parallel false)", "allow several, or name the tool");
        List<ToolSpecification> tools = request.tools().stream()
                .filter(tool -> !named || tool.name().equals(choice.tool()))
                .map(ModelRequests::tool)
                .toList();
        parameters
                .toolSpecifications(tools)
                .toolChoice(
                        choice.mode() == ToolChoice.Mode.AUTO
                                ? dev.langchain4j.model.chat.request.ToolChoice.AUTO
                                : dev.langchain4j.model.chat.request.ToolChoice.REQUIRED);
    }

    private static ToolSpecification tool(ToolSpec tool) {
        ToolSpecification.Builder specification = ToolSpecification.builder()
                .name(tool.name())
                .parameters(SchemaElements.parameters(tool.name(), tool.parameters()));
        return (tool.description().isEmpty() ? specification : specification.description(tool.description())).build();
    }

    private void format(OutputConstraint constraint, DefaultChatRequestParameters.Builder<?> parameters) {
        if (constraint instanceof OutputConstraint.None) {
            return;
        }
        boolean choice = constraint instanceof OutputConstraint.OneOf;
        refusals.refuse(
                !choice && !(constraint instanceof OutputConstraint.Json),
                "answers constrained to " + constraint.kind(),
                "use a local model or RemoteModel for it, or leave the constraint out");
        if (!jsonSchema) {
            throw new IllegalArgumentException("the model '" + model + "' does not declare that it keeps JSON schemas"
                    + " (Capability.RESPONSE_FORMAT_JSON_SCHEMA), so it cannot keep " + constraint.kind()
                    + "; declare it where the model is built, if it does, or leave the constraint out");
        }
        JsonSchemaElement root = constraint instanceof OutputConstraint.OneOf oneOf
                ? JsonObjectSchema.builder()
                        .addEnumProperty(ChoiceJson.PROPERTY, oneOf.choices())
                        .required(ChoiceJson.PROPERTY)
                        .additionalProperties(false)
                        .build()
                : SchemaElements.of(((OutputConstraint.Json) constraint).schema());
        parameters.responseFormat(ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(
                        JsonSchema.builder().name("answer").rootElement(root).build())
                .build());
    }
}
