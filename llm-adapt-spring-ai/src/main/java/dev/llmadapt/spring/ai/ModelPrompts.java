package dev.llmadapt.spring.ai;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.remote.bridge.ChoiceJson;
import dev.llmadapt.remote.bridge.RequestRefusals;
import java.util.List;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Requests of this library as prompts of Spring AI: what they ask for is in them, or refused by name. */
final class ModelPrompts {
    private final String model;
    private final RequestRefusals refusals;
    private final ChatOptions defaults;

    /**
     * For one model.
     *
     * @param model its name, for messages
     * @param defaults its own options, with which every prompt's begin
     */
    ModelPrompts(String model, ChatOptions defaults) {
        this.model = model;
        this.refusals = new RequestRefusals(model, "Spring AI");
        this.defaults = defaults;
    }

    /**
     * A prompt of Spring AI.
     *
     * @throws IllegalArgumentException if the request asks for what Spring AI's interface, or the model, cannot say
     */
    Prompt prompt(Request request) {
        refusals.refusePrompt(request);
        ChatOptions.Builder<?> options = defaults.mutate();
        decoding(request.options(), options);
        tools(request, options);
        format(request.constraint(), options);
        return new Prompt(request.messages().stream().map(ChatMessages::message).toList(), options.build());
    }

    private void decoding(GenerationOptions asked, ChatOptions.Builder<?> options) {
        refusals.refuseDecoding(asked);
        options.maxTokens(asked.maxTokens());
        options.temperature(asked.temperature());
        options.topP(asked.topP() < 1 ? (Double) asked.topP() : null);
        options.topK(asked.topK() > 0 ? (Integer) asked.topK() : null);
        options.stopSequences(asked.stop().isEmpty() ? null : asked.stop());
    }

    private void tools(Request request, ChatOptions.Builder<?> options) {
        if (!request.callsTools()) {
            if (options instanceof ToolCallingChatOptions.Builder<?> calling) {
                calling.toolCallbacks((List<ToolCallback>) null);
            }
            return;
        }
        refusals.refuse(
                request.toolChoice().mode() != ToolChoice.Mode.AUTO,
                "tool choice " + request.toolChoice().mode(),
                "let the model decide (ToolChoice.auto())");
        refusals.refuse(!request.toolChoice().parallel(), "one call at most (parallel false)", "allow several");
        if (!(options instanceof ToolCallingChatOptions.Builder<?> calling)) {
            throw new IllegalArgumentException("the model '" + model + "' has no tools: its options are no"
                    + " ToolCallingChatOptions; leave the tools out");
        }
        calling.toolCallbacks(
                request.tools().stream().<ToolCallback>map(Described::new).toList());
    }

    private void format(OutputConstraint constraint, ChatOptions.Builder<?> options) {
        if (constraint instanceof OutputConstraint.None) {
            if (options instanceof StructuredOutputChatOptions.Builder<?> structured) {
                structured.outputSchema(null);
            }
            return;
        }
        boolean choice = constraint instanceof OutputConstraint.OneOf;
        refusals.refuse(
                !choice && !(constraint instanceof OutputConstraint.Json),
                "answers constrained to " + constraint.kind(),
                "use a local model or RemoteModel for it, or leave the constraint out");
        if (!(options instanceof StructuredOutputChatOptions.Builder<?> structured)) {
            throw new IllegalArgumentException("the model '" + model + "' keeps no JSON schemas: its options are no"
                    + " StructuredOutputChatOptions, so it cannot keep " + constraint.kind()
                    + "; leave the constraint out");
        }
        structured.outputSchema(
                constraint instanceof OutputConstraint.OneOf oneOf
                        ? ChoiceJson.schema(oneOf.choices()).toString()
                        : ((OutputConstraint.Json) constraint).schema().jsonSchema());
    }

    /** A tool that is described to the model and called by whoever asked. */
    private record Described(ToolSpec tool) implements ToolCallback {
        @Override
        public ToolDefinition getToolDefinition() {
            return ToolDefinition.builder()
                    .name(tool.name())
                    .description(tool.description().isEmpty() ? tool.name() : tool.description())
                    .inputSchema(tool.parameters().jsonSchema())
                    .build();
        }

        @Override
        public String call(String arguments) {
            throw new IllegalStateException(
                    "the tool '" + tool.name() + "' is called by whoever asked, who reads the" + " call in the answer");
        }
    }
}
