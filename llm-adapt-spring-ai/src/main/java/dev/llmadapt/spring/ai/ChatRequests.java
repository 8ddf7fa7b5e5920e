package dev.llmadapt.spring.ai;

import static dev.llmadapt.spring.ai.LlmAdaptChatOptions.first;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.DefaultChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.DefaultStructuredOutputChatOptions;
import org.springframework.ai.model.tool.DefaultToolCallingChatOptions;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Prompts of Spring AI as requests of this library: what they ask for is in them, or refused by name. */
final class ChatRequests {
    private static final Set<Class<?>> KNOWN = Set.of(
            DefaultChatOptions.class,
            DefaultToolCallingChatOptions.class,
            DefaultStructuredOutputChatOptions.class,
            LlmAdaptChatOptions.class);

    private final LlmAdaptChatOptions defaults;
    private final String base;

    /**
     * For one model.
     *
     * @param defaults hold where a prompt says nothing
     * @param base its own name, with which a prompt asks for no adapter
     */
    ChatRequests(LlmAdaptChatOptions defaults, String base) {
        this.defaults = defaults;
        this.base = base;
    }

    /**
     * A prompt whose options are all that holds for it, with the name of the model that answers.
     *
     * @throws IllegalArgumentException if its options are of a class that is not known here
     */
    Prompt complete(Prompt prompt) {
        return new Prompt(prompt.getInstructions(), merged(prompt.getOptions()));
    }

    private LlmAdaptChatOptions merged(@Nullable ChatOptions asked) {
        LlmAdaptChatOptions.Builder all = defaults.mutate();
        if (asked != null) {
            requireKnown(asked);
            all.model(first(asked.getModel(), defaults.getModel()))
                    .frequencyPenalty(first(asked.getFrequencyPenalty(), defaults.getFrequencyPenalty()))
                    .maxTokens(first(asked.getMaxTokens(), defaults.getMaxTokens()))
                    .presencePenalty(first(asked.getPresencePenalty(), defaults.getPresencePenalty()))
                    .stopSequences(first(asked.getStopSequences(), defaults.getStopSequences()))
                    .temperature(first(asked.getTemperature(), defaults.getTemperature()))
                    .topK(first(asked.getTopK(), defaults.getTopK()))
                    .topP(first(asked.getTopP(), defaults.getTopP()));
        }
        if (asked instanceof ToolCallingChatOptions tools) {
            all.toolCallbacks(first(tools.getToolCallbacks(), defaults.getToolCallbacks()));
        }
        if (asked instanceof StructuredOutputChatOptions structured) {
            all.outputSchema(first(structured.getOutputSchema(), defaults.getOutputSchema()));
        }
        if (asked instanceof LlmAdaptChatOptions own) {
            all.seed(first(own.getSeed(), defaults.getSeed()))
                    .minP(first(own.getMinP(), defaults.getMinP()))
                    .repetitionPenalty(first(own.getRepetitionPenalty(), defaults.getRepetitionPenalty()))
                    .toolChoice(first(own.getToolChoice(), defaults.getToolChoice()))
                    .templateArguments(first(own.getTemplateArguments(), defaults.getTemplateArguments()))
                    .scheduling(first(own.getScheduling(), defaults.getScheduling()));
        }
        LlmAdaptChatOptions merged = all.build();
        return merged.getModel() == null ? all.model(base).build() : merged;
    }

    private static void requireKnown(ChatOptions options) {
        if (!KNOWN.contains(options.getClass())) {
            throw new IllegalArgumentException("options of the class "
                    + options.getClass().getName() + " are another model's, and what they say beyond ChatOptions would"
                    + " be lost; use LlmAdaptChatOptions.builder(), or ChatOptions.builder()");
        }
    }

    /**
     * A request of this library.
     *
     * @param prompt a {@linkplain #complete complete} one
     * @throws IllegalArgumentException if it asks for what no model of this library does, or a value is out of range
     */
    Request request(Prompt prompt) {
        LlmAdaptChatOptions options = options(prompt);
        requireNone("frequencyPenalty", options.getFrequencyPenalty());
        requireNone("presencePenalty", options.getPresencePenalty());
        List<ToolSpec> tools = tools(options.getToolCallbacks());
        ToolChoice choice = or(options.getToolChoice(), ToolChoice.auto());
        boolean calls = !tools.isEmpty() && choice.mode() != ToolChoice.Mode.NONE;
        if (calls && options.getOutputSchema() != null) {
            throw new IllegalArgumentException("an outputSchema together with tools is not supported, since the answer"
                    + " may be a call; leave one of them out, or ask without tools once they have answered");
        }
        return new Request(
                prompt.getInstructions().stream()
                        .flatMap(message -> ChatMessages.messages(message).stream())
                        .toList(),
                decoding(options),
                options.getOutputSchema() == null
                        ? OutputConstraint.none()
                        : OutputConstraint.json(JsonSchema.parse(options.getOutputSchema())),
                base.equals(options.getModel()) || options.getModel() == null
                        ? List.of()
                        : List.of(AdapterUse.of(options.getModel())),
                false,
                tools,
                choice,
                or(options.getTemplateArguments(), Map.of()),
                or(options.getScheduling(), Scheduling.NONE));
    }

    /** The options of a complete prompt. */
    static LlmAdaptChatOptions options(Prompt prompt) {
        if (prompt.getOptions() instanceof LlmAdaptChatOptions options) {
            return options;
        }
        throw new IllegalStateException("the prompt is not complete");
    }

    /** The name of the model that answers a complete prompt. */
    static String modelName(Prompt prompt) {
        return ChatMessages.orEmpty(options(prompt).getModel());
    }

    private static void requireNone(String option, @Nullable Double value) {
        if (value != null && value != 0) {
            throw new IllegalArgumentException("the option " + option + " is not supported, got " + value
                    + "; leave it out (LlmAdaptChatOptions has repetitionPenalty)");
        }
    }

    private static GenerationOptions decoding(LlmAdaptChatOptions options) {
        double temperature = or(options.getTemperature(), 0.0);
        Long seed = options.getSeed();
        return new GenerationOptions(
                or(options.getMaxTokens(), LlmAdaptChatOptions.MAX_TOKENS),
                temperature,
                or(options.getTopK(), 0),
                or(options.getTopP(), 1.0),
                or(options.getMinP(), 0.0),
                or(options.getRepetitionPenalty(), 1.0),
                or(options.getStopSequences(), List.of()),
                seed != null
                        ? seed
                        : temperature > 0 ? ThreadLocalRandom.current().nextLong() : 0,
                false);
    }

    private static <T> T or(@Nullable T value, T other) {
        return value == null ? other : value;
    }

    private static List<ToolSpec> tools(@Nullable List<ToolCallback> tools) {
        if (tools == null) {
            return List.of();
        }
        return tools.stream()
                .map(ToolCallback::getToolDefinition)
                .map(ChatRequests::tool)
                .toList();
    }

    private static ToolSpec tool(ToolDefinition tool) {
        String schema = ChatMessages.orEmpty(tool.inputSchema());
        String description = ChatMessages.orEmpty(tool.description());
        return schema.isBlank()
                ? ToolSpec.of(tool.name(), description)
                : ToolSpec.of(tool.name(), description, JsonSchema.parse(schema));
    }
}
