package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code tojson} filter: Python's {@code json.dumps} with the options Hugging Face passes on. */
final class ToJson {
    private final Rendering r;
    private final Options options;
    private final TextBuilder out;

    /**
     * The options of {@code json.dumps}.
     *
     * @param ensureAscii whether to escape all characters that are not ASCII
     * @param indent the indentation of a level; null writes one line
     * @param itemSeparator the text between items
     * @param keySeparator the text between a key and its value
     * @param sortKeys whether to order entries by key
     */
    record Options(
            boolean ensureAscii, @Nullable Text indent, Text itemSeparator, Text keySeparator, boolean sortKeys) {}

    private ToJson(Rendering r, Options options) {
        this.r = r;
        this.options = options;
        this.out = r.text();
    }

    static Text write(Rendering r, Object value, Options options) {
        ToJson json = new ToJson(r, options);
        json.value(value, 1);
        return json.out.toText();
    }

    private void value(Object value, int level) {
        r.enter();
        if (value instanceof Text text) {
            string(text);
        } else if (value instanceof Seq seq && (seq.kind() == Seq.Kind.LIST || seq.kind() == Seq.Kind.TUPLE)) {
            array(seq.items(), level);
        } else if (value instanceof Dict dict) {
            object(dict, level);
        } else if (Values.isNumber(value) || value instanceof None) {
            out.append(scalar(value));
        } else {
            throw r.fail(Values.undefinedOr(
                    value,
                    value,
                    "a '" + Values.typeName(value) + "' cannot be written as JSON, make it a list first"));
        }
        r.leave();
    }

    private static String scalar(Object value) {
        if (value instanceof Boolean) {
            return value.toString();
        } else if (value instanceof Double number) {
            return number.isNaN()
                    ? "NaN"
                    : number.isInfinite() ? (number > 0 ? "Infinity" : "-Infinity") : Numbers.repr(number);
        }
        return value instanceof None ? "null" : value.toString();
    }

    private void array(List<Object> items, int level) {
        out.append("[");
        for (int i = 0; i < items.size(); i++) {
            separate(i > 0, level);
            value(items.get(i), level + 1);
        }
        close(items.isEmpty(), "]", level);
    }

    private void object(Dict dict, int level) {
        out.append("{");
        List<Map.Entry<Object, Object>> entries = new ArrayList<>(dict.entries().entrySet());
        if (options.sortKeys()) {
            entries.sort((a, b) -> Values.compare(r, a.getKey(), b.getKey()));
        }
        for (int i = 0; i < entries.size(); i++) {
            separate(i > 0, level);
            Object key = entries.get(i).getKey();
            string(key instanceof Text text ? text : Text.literal(scalar(key)));
            out.append(options.keySeparator());
            value(entries.get(i).getValue(), level + 1);
        }
        close(entries.isEmpty(), "}", level);
    }

    private void separate(boolean further, int level) {
        if (further) {
            out.append(options.itemSeparator());
        }
        newLine(level);
    }

    private void close(boolean empty, String bracket, int level) {
        if (!empty) {
            newLine(level - 1);
        }
        out.append(bracket);
    }

    private void newLine(int level) {
        if (options.indent() != null) {
            out.append("\n").append(Strings.repeat(r, options.indent(), level));
        }
    }

    private void string(Text text) {
        String chars = text.chars();
        out.append("\"");
        int kept = 0;
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || (c >= 127 && options.ensureAscii())) {
                out.append(text, kept, i);
                out.append(escape(c), text.marksAt(i));
                kept = i + 1;
            }
        }
        out.append(text, kept, chars.length());
        out.append("\"");
    }

    private static String escape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> Characters.escape('u', c, 4);
        };
    }
}
