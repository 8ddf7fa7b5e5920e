package dev.llmadapt.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Message;
import dev.llmadapt.prompting.file.PromptFile;
import dev.llmadapt.prompting.file.PromptInput;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code llm-adapt prompts show}. */
@Command(
        name = "show",
        description = {
            "Shows a prompt file: its version, inputs and partials, and its messages.",
            "With values for its inputs, the messages that a model gets."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt prompts show prompts/support.prompty",
            "  llm-adapt prompts show prompts/support.prompty --var \"question=Where is my card?\""
        })
final class PromptsShowCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "FILE", description = "A file NAME.prompty.")
    Path file = Path.of("");

    @Option(
            names = "--var",
            paramLabel = "NAME=VALUE",
            description = "A value for an input, a text as it is and anything else as JSON; once for each input.")
    List<String> values = List.of();

    PromptsShowCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        PromptFile prompt = PromptFile.read(file);
        List<Message> messages = values.isEmpty() ? List.of() : InvalidInput.check(() -> prompt.render(given(prompt)));
        context.out().println("name: " + prompt.name());
        if (!prompt.description().isEmpty()) {
            context.out().println("description: " + prompt.description());
        }
        context.out().println("version: " + prompt.version());
        prompt.inputs().forEach((name, input) -> context.out().println("input: " + name + ", " + input.text()));
        if (!prompt.partials().isEmpty()) {
            context.out()
                    .println("partials: " + String.join(", ", prompt.partials().keySet()));
        }
        context.out().println();
        if (values.isEmpty()) {
            context.out().println(prompt.source().stripTrailing());
        } else {
            messages.forEach(message -> context.out().println(message.role().key() + ":\n" + message.content() + "\n"));
        }
        context.out().flush();
        return 0;
    }

    private Map<String, Object> given(PromptFile prompt) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (String text : values) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new InvalidInput("--var must be NAME=VALUE, got '" + text + "'");
            }
            String name = text.substring(0, equals);
            PromptInput input = prompt.inputs().get(name);
            String value = text.substring(equals + 1);
            boolean plain = input == null || input.type() == PromptInput.Type.STRING;
            if (given.put(name, plain ? value : json(name, value)) != null) {
                throw new InvalidInput("--var gives '" + name + "' twice");
            }
        }
        return given;
    }

    private static Object json(String name, String text) {
        try {
            return value(name, JsonParser.parseString(text));
        } catch (JsonParseException e) {
            throw new InvalidInput("--var " + name + " must be JSON, got '" + text + "'", e);
        }
    }

    private static Object value(String name, JsonElement json) {
        if (json instanceof JsonObject object) {
            Map<String, Object> map = new LinkedHashMap<>();
            object.entrySet().forEach(each -> map.put(each.getKey(), value(name, each.getValue())));
            return map;
        } else if (json instanceof JsonArray array) {
            List<Object> list = new ArrayList<>();
            array.forEach(each -> list.add(value(name, each)));
            return list;
        } else if (json instanceof JsonPrimitive primitive) {
            if (primitive.isString()) {
                return primitive.getAsString();
            } else if (primitive.isBoolean()) {
                return primitive.getAsBoolean();
            }
            BigDecimal number = primitive.getAsBigDecimal();
            boolean whole = !primitive.getAsString().matches(".*[.eE].*") && number.precision() <= 18;
            return whole ? (Object) number.longValueExact() : (Object) number.doubleValue();
        }
        throw new InvalidInput("--var " + name + " has null in it, which no prompt takes");
    }
}
