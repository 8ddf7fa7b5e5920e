package dev.llmadapt.spring.ai;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import java.util.List;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.StructuredOutputChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Requests of this library as prompts of Spring AI: what they ask for is in them, or refused by name. */
final class ModelPrompts {
    /** The property that a choice is asked for in. */
    static final String CHOICE = "choice";

    private final String model;
    private final ChatOptions defaults;

    /**
     * For one model.
     *
     * @param model its name, for messages
     * @param defaults its own options, with which every prompt's begin
     */
    ModelPrompts(String model, ChatOptions defaults) {
        this.model = model;
        this.defaults = defaults;
    }

    /**
     * A prompt of Spring AI.
     *
     * @throws IllegalArgumentException if the request asks for what Spring AI's interface, or the model, cannot say
     */
    Prompt prompt(Request request) {
        refuse(request.raw(), "raw text", "leave raw out");
        refuse(!request.adapters().isEmpty(), "adapters " + request.adapters(), "leave them out");
        refuse(
                !request.templateArguments().isEmpty(),
                "template arguments " + request.templateArguments().keySet(),
                "leave them out");
        refuse(
                request.last().role() == Role.ASSISTANT,
                "an assistant's message to continue",
                "end the conversation with a user's message");
        ChatOptions.Builder<?> options = defaults.mutate();
        decoding(request.options(), options);
        tools(request, options);
        format(request.constraint(), options);
        return new Prompt(request.messages().stream().map(ChatMessages::message).toList(), options.build());
    }

    private void decoding(GenerationOptions asked, ChatOptions.Builder<?> options) {
        refuse(asked.minP() != 0, "minP " + asked.minP(), "leave it out");
        refuse(
                asked.repetitionPenalty() != 1,
                "repetitionPenalty " + asked.repetitionPenalty(),
                "leave it out, or give the model of Spring AI a penalty of its own");
        refuse(asked.logProbabilities(), "log-probabilities", "leave them out, or use RemoteModel");
        refuse(
                asked.temperature() > 0 && asked.seed() != 0,
                "seed " + asked.seed(),
                "leave it out, or take temperature 0");
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
        refuse(
                request.toolChoice().mode() != ToolChoice.Mode.AUTO,
                "tool choice " + request.toolChoice().mode(),
                "let the model decide (ToolChoice.auto())");
        refuse(!request.toolChoice().parallel(), "one call at most (parallel false)", "allow several");
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
        refuse(
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
                        ? choiceSchema(oneOf.choices())
                        : ((OutputConstraint.Json) constraint).schema().jsonSchema());
    }

    private static String choiceSchema(List<String> choices) {
        JsonArray values = new JsonArray();
        choices.forEach(values::add);
        JsonObject value = new JsonObject();
        value.addProperty("type", "string");
        value.add("enum", values);
        JsonObject properties = new JsonObject();
        properties.add(CHOICE, value);
        JsonArray required = new JsonArray();
        required.add(CHOICE);
        JsonObject schema = new JsonObject();
        schema.addProperty("type", "object");
        schema.add("properties", properties);
        schema.add("required", required);
        schema.addProperty("additionalProperties", false);
        return schema.toString();
    }

    private void refuse(boolean asked, String what, String instead) {
        if (asked) {
            throw new IllegalArgumentException(
                    "the model '" + model + "' is asked through Spring AI, which has no " + what + "; " + instead);
        }
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
