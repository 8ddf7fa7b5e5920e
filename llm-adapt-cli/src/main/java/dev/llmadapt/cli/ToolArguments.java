package dev.llmadapt.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Request;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolChoice;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the tools that a model may call. */
final class ToolArguments {
    private static final Set<String> KEYS = Set.of("name", "description", "parameters", "strict");

    @Option(
            names = "--tools",
            paramLabel = "FILE",
            description = "Tools that the model may call: a JSON array as OpenAI has it, of {\"type\": \"function\","
                    + " \"function\": {\"name\", \"description\", \"parameters\"}}. Calls are printed after the text,"
                    + " each as a line of JSON.")
    @Nullable
    Path tools;

    @Option(
            names = "--tool-choice",
            paramLabel = "CHOICE",
            description = "auto: the model decides; none; required: it calls some tool; or the name of a tool that it"
                    + " calls. Default: auto.")
    @Nullable
    String choice;

    @Option(
            names = "--tool-format",
            paramLabel = "NAME",
            description = "The format in which the model writes calls, where its chat template does not tell: hermes,"
                    + " llama, json, mistral, mistral-args, granite, pythonic or python-code (docs/guides/tools.md).")
    @Nullable
    String format;

    /** The request with the tools that are given. */
    Request apply(Request request) {
        if (tools == null) {
            if (choice != null || format != null) {
                throw new InvalidInput((choice != null ? "--tool-choice" : "--tool-format")
                        + " is about the tools of --tools, which is missing");
            }
            return request;
        }
        format(); // before a model is opened
        List<ToolSpec> read = read(tools);
        return InvalidInput.check(() -> request.withTools(read, choice()));
    }

    private ToolChoice choice() {
        return switch (choice == null ? "auto" : choice) {
            case "auto" -> ToolChoice.auto();
            case "none" -> ToolChoice.none();
            case "required" -> ToolChoice.required();
            default -> ToolChoice.named(String.valueOf(choice));
        };
    }

    /** The model with the format that is given. */
    ModelChoice apply(ModelChoice model) {
        return format().map(model::withToolFormat).orElse(model);
    }

    private Optional<ToolFormat> format() {
        return Optional.ofNullable(format).map(name -> InvalidInput.check(() -> ToolFormat.of(name)));
    }

    private static List<ToolSpec> read(Path file) {
        try {
            JsonElement root = JsonParser.parseString(Files.readString(file));
            if (!(root instanceof JsonArray array) || array.isEmpty()) {
                throw new IllegalArgumentException("expected a JSON array of tools"
                        + (root.isJsonObject() ? "; what an answer is kept to is given by --json-schema" : ""));
            }
            List<ToolSpec> tools = new ArrayList<>();
            for (JsonElement each : array) {
                tools.add(tool(each));
            }
            return tools;
        } catch (NoSuchFileException e) {
            throw new InvalidInput("--tools " + file + " is not there", e);
        } catch (IOException | JsonParseException | IllegalArgumentException e) {
            throw new InvalidInput("--tools " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static ToolSpec tool(JsonElement element) {
        if (!(element instanceof JsonObject object)) {
            throw new IllegalArgumentException("a tool must be an object, got " + element);
        }
        if (object.has("function") && object.get("function").isJsonObject()) {
            if (object.has("type") && !object.get("type").toString().equals("\"function\"")) {
                throw new IllegalArgumentException(
                        "only tools of the type function are known, got " + object.get("type"));
            }
            object = object.getAsJsonObject("function");
        }
        for (String key : object.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("a tool has '" + key + "', which is not known; known: name,"
                        + " description, parameters, strict");
            }
        }
        String name = text(object, "name");
        return object.has("parameters")
                ? ToolSpec.of(
                        name,
                        text(object, "description"),
                        JsonSchema.parse(object.get("parameters").toString()))
                : ToolSpec.of(name, text(object, "description"));
    }

    private static String text(JsonObject object, String key) {
        JsonElement value = object.get(key);
        if (value == null) {
            return "";
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new IllegalArgumentException("the " + key + " of a tool must be a text, got " + value);
        }
        return value.getAsString();
    }

    /** A call as a line of JSON. */
    static String line(ToolCall call) {
        return "{\"id\": " + JsonSchema.quoted(call.id()) + ", \"name\": " + JsonSchema.quoted(call.name())
                + ", \"arguments\": " + call.arguments().replaceAll("\\R", " ") + "}";
    }
}
