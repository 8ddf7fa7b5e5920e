package dev.llmadapt.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the chat template's arguments, and about the thought that a model writes before its answer. */
final class TemplateArguments {
    @Option(
            names = "--template-arg",
            paramLabel = "NAME=VALUE",
            description =
                    "An argument of the model's chat template, such as enable_thinking=false; true, false, numbers,"
                            + " [...], {...} and \"...\" are read as JSON, anything else as text. May be repeated. One that"
                            + " the template does not read is refused, with a list of those that it reads.")
    List<String> arguments = new ArrayList<>();

    @Option(names = "--show-reasoning", description = "Show on standard error what the model thinks before it answers.")
    boolean showReasoning;

    /** The request with the arguments that are given. */
    Request apply(Request request) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (String each : arguments) {
            int at = each.indexOf('=');
            if (at < 1) {
                throw new InvalidInput("--template-arg must be NAME=VALUE, such as enable_thinking=false, got " + each);
            }
            String name = each.substring(0, at);
            if (values.containsKey(name)) {
                throw new InvalidInput("--template-arg gives '" + name + "' twice");
            }
            values.put(name, value(name, each.substring(at + 1)));
        }
        return InvalidInput.check(() -> request.withTemplateArguments(given(values)));
    }

    @SuppressWarnings("unchecked") // null, within JSON alone, is refused by the request, which names the argument
    private static Map<String, Object> given(Map<String, @Nullable Object> values) {
        return (Map<String, Object>) (Map<String, ?>) values;
    }

    private static @Nullable Object value(String name, String text) {
        boolean json = text.matches("true|false|-?[0-9]+(\\.[0-9]+)?") || text.matches("(?s)[\\[{\"].*");
        if (!json) {
            return text;
        }
        try {
            return plain(JsonParser.parseString(text));
        } catch (JsonParseException | NumberFormatException e) {
            throw new InvalidInput("--template-arg " + name + " begins like JSON but is none: " + text, e);
        }
    }

    private static @Nullable Object plain(JsonElement element) {
        if (element instanceof JsonObject object) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            object.entrySet().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        } else if (element instanceof JsonArray array) {
            List<@Nullable Object> list = new ArrayList<>();
            array.forEach(each -> list.add(plain(each)));
            return list;
        } else if (element instanceof JsonPrimitive primitive) {
            if (primitive.isNumber()) {
                String digits = primitive.getAsString();
                return digits.matches("-?[0-9]+") ? (Object) Long.valueOf(digits) : (Object) Double.valueOf(digits);
            }
            return primitive.isBoolean() ? (Object) primitive.getAsBoolean() : primitive.getAsString();
        }
        return null;
    }

    /** What shows the thought before an answer, token by token, where it is asked for. */
    Thoughts thoughts(CommandContext context, boolean chat) {
        return new Thoughts(context, showReasoning, chat);
    }

    /** The thought before one answer, on standard error. */
    static final class Thoughts {
        private final CommandContext context;
        private final boolean shown;
        private final boolean noted;
        private boolean open;

        private Thoughts(CommandContext context, boolean shown, boolean noted) {
            this.context = context;
            this.shown = shown;
            this.noted = noted;
        }

        /** Shows what a token adds to the thought, and prints its text. */
        void print(Token token) {
            if (!token.reasoning().isEmpty()) {
                if (shown) {
                    boolean dim = context.terminal().styled();
                    context.err().print(dim ? "\u001b[2m" + token.reasoning() + "\u001b[0m" : token.reasoning());
                    context.err().flush();
                } else if (noted && !open) {
                    context.err().print("(thinking; --show-reasoning shows it)");
                    context.err().flush();
                }
                open |= shown || noted;
            }
            if (!token.text().isEmpty()) {
                close();
                context.out().print(token.text());
                context.out().flush();
            }
        }

        /** Ends the line of the thought. */
        void close() {
            if (open) {
                context.err().println();
                open = false;
            }
        }
    }
}
