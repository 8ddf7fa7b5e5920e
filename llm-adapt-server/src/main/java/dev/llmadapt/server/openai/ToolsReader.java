package dev.llmadapt.server.openai;

import com.google.gson.JsonObject;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Request;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}. */
final class ToolsReader {
    private ToolsReader() {}

    /**
     * Puts the tools on a request.
     *
     * @param flat whether name and parameters stand in the tool itself, as in {@code /v1/responses}, not in its
     *     {@code function}
     */
    static Request apply(RequestFields fields, Request request, boolean flat) {
        List<ToolSpec> tools = new ArrayList<>();
        for (RequestFields each : fields.objects("tools")) {
            tools.add(tool(each, flat));
        }
        ToolChoice choice = choice(fields, tools, flat);
        choice = choice.withParallel(fields.flag("parallel_tool_calls", true) && choice.parallel());
        try {
            return request.withTools(tools, choice);
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid("tools", String.valueOf(e.getMessage()));
        }
    }

    private static ToolSpec tool(RequestFields tool, boolean flat) {
        String type = tool.text("type").orElse("function");
        if (!type.equals("function")) {
            throw HttpFailure.unsupported(
                    tool.path("type"),
                    tool.path("type") + " must be function, got '" + type
                            + "': this server runs no tools; describe a function and run it yourself");
        }
        RequestFields function = function(tool, flat);
        String name = function.requiredText("name");
        String description = function.text("description").orElse("");
        JsonObject parameters =
                function.object("parameters").map(RequestFields::object).orElseGet(JsonObject::new);
        try {
            return parameters.isEmpty()
                    ? ToolSpec.of(name, description)
                    : ToolSpec.of(name, description, JsonSchema.parse(parameters.toString()));
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid(function.path("parameters"), String.valueOf(e.getMessage()));
        }
    }

    private static RequestFields function(RequestFields tool, boolean flat) {
        return flat ? tool : tool.object("function").orElseThrow(() -> tool.missing("function"));
    }

    private static ToolChoice choice(RequestFields fields, List<ToolSpec> tools, boolean flat) {
        if (fields.value("tool_choice").isEmpty()) {
            return ToolChoice.auto();
        }
        if (fields.value("tool_choice").get() instanceof JsonObject) {
            RequestFields choice = fields.object("tool_choice").orElseThrow();
            String type = choice.text("type").orElse("function");
            if (!type.equals("function")) {
                throw HttpFailure.unsupported(
                        choice.path("type"), choice.path("type") + " must be function, got '" + type + "'");
            }
            RequestFields function = function(choice, flat);
            String name = function.requiredText("name");
            if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
                throw HttpFailure.invalid(
                        function.path("name"), "tool_choice names '" + name + "', which is not among the tools");
            }
            return ToolChoice.named(name);
        }
        String mode = fields.requiredText("tool_choice");
        return switch (mode) {
            case "auto" -> ToolChoice.auto();
            case "none" -> ToolChoice.none();
            case "required" -> ToolChoice.required();
            default ->
                throw HttpFailure.invalid(
                        "tool_choice",
                        "tool_choice must be none, auto, required or an object that names a function, got '" + mode
                                + "'");
        };
    }
}
