package dev.llmadapt.prompting.file;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.prompting.template.StrictTemplate;
import dev.llmadapt.prompting.template.TemplateException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A prompt in a file, {@code NAME.prompty}: front matter that declares its inputs, then messages by role, in the shape
 * of Prompty.
 *
 * <pre>{@code
 * ---
 * description: Answers a customer of the bank.
 * inputs:
 *   question:
 *     type: string
 *   tone:
 *     type: string
 *     default: friendly
 * ---
 * system:
 * You are a support agent of a bank. Be {{ tone }}.
 * {% include "house-rules" %}
 *
 * user:
 * {{ question }}
 * }</pre>
 *
 * <p>Strict: a template that reads what is not declared, an input that no template reads, a value that is missing, not
 * declared or of another type is refused by its name. Values are inserted as they are and never read as templates; a
 * line {@code user:} in a value begins no message.
 *
 * <p>A partial {@code {% include "house-rules" %}} is the file {@code _house-rules.prompty} of the same folder, text
 * without front matter. Immutable and thread-safe.
 */
public final class PromptFile {
    /** How the names of prompt files end. */
    public static final String ENDING = ".prompty";

    private static final String FENCE = "---";
    private static final List<String> KEYS = List.of("name", "description", "inputs");
    private static final List<String> INPUT_KEYS = List.of("type", "description", "default");

    private final String name;
    private final String description;
    private final Map<String, PromptInput> inputs;
    private final List<MessageTemplate> messages;
    private final String source;
    private final SortedMap<String, String> partials = new TreeMap<>();

    private PromptFile(String file, String name, String source, PromptFolder folder) {
        this.source = source;
        List<String> lines = MessageTemplate.lines(source);
        int bodyAt = 0;
        Map<String, FrontMatter.Value> front = Map.of();
        if (lines.get(0).stripTrailing().equals(FENCE)) {
            bodyAt = 1;
            while (bodyAt < lines.size() && !lines.get(bodyAt).stripTrailing().equals(FENCE)) {
                bodyAt++;
            }
            if (bodyAt == lines.size()) {
                throw new PromptFileException(file + ": the front matter that line 1 begins has no end '---'");
            }
            front = FrontMatter.read(file, 2, lines.subList(1, bodyAt));
            bodyAt++;
        }
        requireKeys(file, front, KEYS, "the front matter");
        this.name = front.containsKey("name") ? text(file, "name", front) : name;
        this.description = text(file, "description", front);
        this.inputs = inputs(file, front.get("inputs"));
        this.messages = MessageTemplate.read(
                file,
                lines.subList(bodyAt, lines.size()),
                bodyAt + 1,
                each -> partials.computeIfAbsent(each, folder::partial));
        requireDeclared(file, front.get("inputs"));
    }

    /**
     * Reads a prompt with the partials of its folder.
     *
     * @param file named {@code NAME.prompty}
     * @throws PromptFileException if it cannot be read or used; names the line
     */
    public static PromptFile read(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        String name = String.valueOf(file.getFileName());
        if (folder == null || !name.endsWith(ENDING) || name.startsWith("_")) {
            throw new PromptFileException("a prompt file must be named NAME" + ENDING + ", got " + file
                    + (name.startsWith("_") ? ", which is a partial" : ""));
        }
        PromptFolder from = new PromptFolder(folder);
        String source = from.text(name);
        return new PromptFile(file.toString(), name.substring(0, name.length() - ENDING.length()), source, from);
    }

    private static void requireKeys(String file, Map<String, FrontMatter.Value> given, List<String> known, String of) {
        given.forEach((key, value) -> {
            if (!known.contains(key)) {
                throw new PromptFileException(file + " line " + value.line() + ": unknown key '" + key + "' of " + of
                        + ", expected one of " + known);
            }
        });
    }

    private static String text(String file, String key, Map<String, FrontMatter.Value> front) {
        FrontMatter.Value value = front.get(key);
        if (value != null && !value.parts().isEmpty()) {
            throw new PromptFileException(file + " line " + value.line() + ": '" + key + "' must be a text");
        }
        return value == null ? "" : value.text();
    }

    private static Map<String, PromptInput> inputs(String file, FrontMatter.@Nullable Value front) {
        Map<String, PromptInput> inputs = new LinkedHashMap<>();
        if (front == null) {
            return inputs;
        }
        if (!front.text().isEmpty()) {
            throw new PromptFileException(
                    file + " line " + front.line() + ": 'inputs' must have a line for each input, got a text");
        }
        front.parts().forEach((name, value) -> {
            String place = file + " line " + value.line() + ": ";
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]*") || StrictTemplate.isReserved(name)) {
                throw new PromptFileException(place + "an input cannot be named '" + name
                        + "'; a name has letters, digits and underscores and is no word of the template language");
            }
            if (!value.text().isEmpty() || value.quoted()) {
                throw new PromptFileException(place + "the input '" + name + "' has the value '" + value.text()
                        + "'; write 'default: " + value.text() + "' or 'description: ...' in a line of its own below");
            }
            requireKeys(file, value.parts(), INPUT_KEYS, "the input '" + name + "'");
            inputs.put(name, input(file, name, value.parts()));
        });
        return Collections.unmodifiableMap(inputs);
    }

    private static PromptInput input(String file, String name, Map<String, FrontMatter.Value> parts) {
        PromptInput.Type type = PromptInput.Type.STRING;
        FrontMatter.Value typed = parts.get("type");
        if (typed != null) {
            type = List.of(PromptInput.Type.values()).stream()
                    .filter(each -> each.key().equals(typed.text()))
                    .findFirst()
                    .orElseThrow(() -> new PromptFileException(file + " line " + typed.line() + ": the type of '" + name
                            + "' must be one of string, integer, number, boolean, array, object, got '" + typed.text()
                            + "'"));
        }
        FrontMatter.Value standard = parts.get("default");
        Optional<Object> value = Optional.empty();
        if (standard != null) {
            value = Optional.of(defaultOf(file, name, type, standard));
        }
        return new PromptInput(type, text(file, "description", parts), value);
    }

    private static Object defaultOf(String file, String name, PromptInput.Type type, FrontMatter.Value given) {
        String text = given.text();
        try {
            boolean plain = !given.quoted() && given.parts().isEmpty();
            if (type == PromptInput.Type.STRING && (given.quoted() || !text.isEmpty())) {
                return text;
            } else if (plain && type == PromptInput.Type.INTEGER) {
                return Long.valueOf(text);
            } else if (plain && type == PromptInput.Type.NUMBER && text.matches("-?[0-9]+(\\.[0-9]+)?")) {
                return Double.valueOf(text);
            } else if (plain && type == PromptInput.Type.BOOLEAN && text.matches("true|false")) {
                return Boolean.valueOf(text);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new PromptFileException(file + " line " + given.line() + ": the default of '" + name + "' must be a "
                + type.key() + " in one line, got '" + text + "'"
                + (type == PromptInput.Type.ARRAY || type == PromptInput.Type.OBJECT
                        ? "; an input of this type has no default"
                        : ""));
    }

    private void requireDeclared(String file, FrontMatter.@Nullable Value front) {
        Map<String, Integer> read = new LinkedHashMap<>();
        messages.forEach(message -> message.template().variables().forEach(read::putIfAbsent));
        read.forEach((each, line) -> {
            if (!inputs.containsKey(each)) {
                throw new PromptFileException(file + " line " + line + " reads the variable '" + each
                        + "', which the front matter does not declare under 'inputs'; declared: " + inputs.keySet());
            }
        });
        inputs.keySet().forEach(each -> {
            if (!read.containsKey(each)) {
                int line = front == null || front.parts().get(each) == null
                        ? 1
                        : front.parts().get(each).line();
                throw new PromptFileException(file + " line " + line + " declares the input '" + each
                        + "', which no message reads; read: " + read.keySet());
            }
        });
    }

    /** The name in the front matter, or that of the file. */
    public String name() {
        return name;
    }

    /** What the prompt is for; empty where it does not say. */
    public String description() {
        return description;
    }

    /** The variables by name, in the order of the file. */
    public Map<String, PromptInput> inputs() {
        return inputs;
    }

    /** The text of the file, with lines that end by a line feed. */
    public String source() {
        return source;
    }

    /** The texts of all partials that it includes, also by way of others, by name. */
    public SortedMap<String, String> partials() {
        return Collections.unmodifiableSortedMap(partials);
    }

    /**
     * The version: the first 12 digits of the SHA-256 of the file and its partials. The same texts have the same
     * version, wherever they lie and however their lines end.
     */
    public String version() {
        StringBuilder all = new StringBuilder(source);
        partials.forEach(
                (each, text) -> all.append('\0').append(each).append('\0').append(text));
        return Sha256.of(all.toString()).substring(0, 12);
    }

    /**
     * The messages with values for the inputs, without white space at their ends. A message of nothing is left out.
     *
     * @param values the values by name, of the types that are declared; those with a default may be missing
     * @throws IllegalArgumentException if a value is missing, not declared or of another type, or nothing is left
     * @throws PromptFileException if a template cannot be rendered with these values; names the line
     */
    public List<Message> render(Map<String, ?> values) {
        Map<String, Object> all = new LinkedHashMap<>();
        inputs.forEach((each, input) -> {
            Object value = values.get(each);
            if (value == null) {
                value = input.defaultValue()
                        .orElseThrow(() -> new IllegalArgumentException("the prompt '" + name + "' needs a value for '"
                                + each + "' (" + input.text() + "), got values for " + values.keySet()));
            }
            input.type().require(each, value);
            all.put(each, value);
        });
        values.keySet().forEach(each -> {
            if (!inputs.containsKey(each)) {
                throw new IllegalArgumentException(
                        "the prompt '" + name + "' has no input '" + each + "', expected " + inputs.keySet());
            }
        });
        List<Message> rendered = new ArrayList<>();
        for (MessageTemplate message : messages) {
            String content;
            try {
                content = message.template().render(all).strip();
            } catch (TemplateException e) {
                throw new PromptFileException("the prompt '" + name + "': " + e.getMessage(), e);
            }
            if (!content.isBlank()) {
                rendered.add(new Message(message.role(), content));
            }
        }
        if (rendered.isEmpty()) {
            throw new IllegalArgumentException("the prompt '" + name + "' renders to nothing with these values");
        }
        return List.copyOf(rendered);
    }

    /** The messages as a request with default options, as {@link #render} makes them. */
    public Request request(Map<String, ?> values) {
        return Request.of(render(values).toArray(Message[]::new));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s@%s", name, version());
    }
}
