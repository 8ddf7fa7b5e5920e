package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Request;
import dev.llmadapt.server.http.HttpFailure;
import java.util.List;
import java.util.Optional;

/**
 * A request for a response, as agents make it.
 *
 * @param request what the model is asked
 * @param stream whether the response is sent in events
 * @param logprobs whether the tokens come with their log-probabilities
 * @param told what the response tells again of its request
 */
record ResponseRequest(Request request, boolean stream, boolean logprobs, JsonObject told) {
    private static final String LOGPROBS = "message.output_text.logprobs";

    /** Taken, and without an effect: a thought stands in its item as it is. */
    private static final String THOUGHTS = "reasoning.encrypted_content";

    static ResponseRequest read(RequestFields fields, RequestDefaults defaults) {
        Refusals.ofResponses(fields);
        boolean logprobs = logprobs(fields);
        int top = fields.integer("top_logprobs", 0, 20).orElse(0);
        if (top > 0 && !logprobs) {
            throw HttpFailure.invalid("top_logprobs", "top_logprobs needs include: [\"" + LOGPROBS + "\"]");
        }
        GenerationOptions options = SamplingReader.read(fields, defaults, List.of("max_output_tokens"), logprobs, top);
        Optional<String> effort = fields.object("reasoning").flatMap(reasoning -> reasoning.text("effort"));
        try {
            Request request =
                    new Request(InputReader.read(fields), options, ConstraintReader.readFlat(fields), List.of());
            request = ToolsReader.apply(fields, request, true)
                    .withTemplateArguments(ChatRequest.templateArguments(fields, effort));
            return new ResponseRequest(request, fields.flag("stream", false), logprobs, told(fields, options));
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid(null, String.valueOf(e.getMessage()));
        }
    }

    private static boolean logprobs(RequestFields fields) {
        List<String> include = fields.texts("include");
        for (int i = 0; i < include.size(); i++) {
            if (!include.get(i).equals(LOGPROBS) && !include.get(i).equals(THOUGHTS)) {
                throw HttpFailure.unsupported(
                        "include[" + i + "]",
                        "include[" + i + "] must be " + LOGPROBS + " or " + THOUGHTS + ", got '" + include.get(i)
                                + "'");
            }
        }
        return include.contains(LOGPROBS);
    }

    /** What the request says, or what is taken where it says nothing. */
    private static JsonObject told(RequestFields fields, GenerationOptions options) {
        JsonObject told = new JsonObject();
        told.add("background", new JsonPrimitive(false));
        told.add("instructions", given(fields, "instructions", JsonNull.INSTANCE));
        told.add("max_output_tokens", given(fields, "max_output_tokens", JsonNull.INSTANCE));
        told.add("metadata", metadata(fields));
        told.addProperty("parallel_tool_calls", fields.flag("parallel_tool_calls", true));
        told.add("previous_response_id", JsonNull.INSTANCE);
        JsonObject reasoning = new JsonObject();
        RequestFields asked = fields.object("reasoning").orElse(fields.empty());
        reasoning.add("effort", given(asked, "effort", JsonNull.INSTANCE));
        reasoning.add("summary", JsonNull.INSTANCE);
        told.add("reasoning", reasoning);
        told.addProperty("store", false);
        told.addProperty("temperature", options.temperature());
        JsonObject text = new JsonObject();
        JsonObject plain = new JsonObject();
        plain.addProperty("type", "text");
        text.add("format", given(fields.object("text").orElse(fields.empty()), "format", plain));
        told.add("text", text);
        told.add("tool_choice", given(fields, "tool_choice", new JsonPrimitive("auto")));
        told.add("tools", tools(fields));
        told.addProperty("top_logprobs", options.candidates());
        told.addProperty("top_p", options.topP());
        told.addProperty("truncation", "disabled");
        return told;
    }

    private static JsonElement given(RequestFields fields, String name, JsonElement otherwise) {
        return fields.value(name).orElse(otherwise);
    }

    private static JsonObject metadata(RequestFields fields) {
        RequestFields metadata = fields.object("metadata").orElse(fields.empty());
        metadata.object().keySet().forEach(metadata::requiredText); // clients read nothing else
        return metadata.object();
    }

    /** The tools with all that typed clients read; calls keep to their parameters whatever was said. */
    private static JsonArray tools(RequestFields fields) {
        JsonArray tools = new JsonArray();
        for (RequestFields each : fields.objects("tools")) {
            JsonObject tool = each.object().deepCopy();
            tool.addProperty("type", "function");
            tool.add("description", given(each, "description", JsonNull.INSTANCE));
            tool.add("parameters", given(each, "parameters", JsonNull.INSTANCE));
            tool.addProperty("strict", true);
            tools.add(tool);
        }
        return tools;
    }
}
