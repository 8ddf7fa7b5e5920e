package dev.llmadapt.prompting.tool;

import dev.llmadapt.JsonSchema;
import dev.llmadapt.ToolCall;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A reader of calls in Python with keyword arguments that are literals, and a writer of these. Not thread-safe. */
final class PythonLiterals {
    private static final int MAX_DEPTH = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");
    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?(?![0-9A-Za-z_.])");

    private final String text;
    private int at;

    /** A reader of a text from an index on. */
    PythonLiterals(String text, int at) {
        this.text = text;
        this.at = at;
    }

    /** The index after what was read. */
    int at() {
        return at;
    }

    /** Reads a character, after white space, if it is there. */
    boolean accept(char c) {
        int next = JsonSpans.skip(text, at);
        boolean found = next < text.length() && text.charAt(next) == c;
        at = found ? next + 1 : at;
        return found;
    }

    /** Reads a call, or nothing if it is not whole. */
    Optional<ToolCall> call() {
        int from = at;
        try {
            String name = name();
            require(accept('('));
            Map<String, String> arguments = new LinkedHashMap<>();
            while (!accept(')')) {
                String argument = name();
                require(accept('='));
                require(arguments.put(argument, value(0)) == null);
                if (!accept(',')) {
                    require(accept(')'));
                    break;
                }
            }
            return Optional.of(new ToolCall("", name, object(arguments)));
        } catch (IllegalArgumentException e) { // cut off, or no literal
            at = from;
            return Optional.empty();
        }
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }

    private String name() {
        return found(NAME);
    }

    private String found(Pattern pattern) {
        int from = JsonSpans.skip(text, at);
        Matcher matcher = pattern.matcher(text).region(from, text.length());
        require(matcher.lookingAt());
        at = matcher.end();
        return matcher.group();
    }

    private static String object(Map<String, String> members) {
        List<String> parts = new ArrayList<>();
        members.forEach((name, value) -> parts.add(JsonSchema.quoted(name) + ": " + value));
        return "{" + String.join(", ", parts) + "}";
    }

    /** Reads a literal; returns it as JSON. */
    private String value(int depth) {
        require(depth <= MAX_DEPTH);
        int next = JsonSpans.skip(text, at);
        char first = next < text.length() ? text.charAt(next) : ' ';
        if (first == '"' || first == '\'') {
            at = next;
            return JsonSchema.quoted(string());
        } else if (accept('[')) {
            return list(']', depth);
        } else if (accept('(')) {
            return list(')', depth);
        } else if (accept('{')) {
            Map<String, String> members = new LinkedHashMap<>();
            while (!accept('}')) {
                at = JsonSpans.skip(text, at);
                String name = string();
                require(accept(':'));
                require(members.put(name, value(depth + 1)) == null);
                if (!accept(',')) {
                    require(accept('}'));
                    break;
                }
            }
            return object(members);
        } else if (Character.isLetter(first)) {
            return switch (name()) {
                case "True", "true" -> "true";
                case "False", "false" -> "false";
                case "None", "null" -> "null";
                default -> throw new IllegalArgumentException();
            };
        }
        String number = found(NUMBER);
        return number.startsWith("+") ? number.substring(1) : number;
    }

    private String list(char close, int depth) {
        List<String> items = new ArrayList<>();
        while (!accept(close)) {
            items.add(value(depth + 1));
            if (!accept(',')) {
                require(accept(close));
                break;
            }
        }
        return "[" + String.join(", ", items) + "]";
    }

    /** Reads a string of one line, in either kind of quotes. */
    private String string() {
        require(at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\''));
        char quote = text.charAt(at++);
        StringBuilder string = new StringBuilder();
        while (true) {
            require(at < text.length() && text.charAt(at) != '\n');
            char c = text.charAt(at++);
            if (c == quote) {
                return string.toString();
            } else if (c != '\\') {
                string.append(c);
                continue;
            }
            require(at < text.length());
            char escaped = text.charAt(at++);
            switch (escaped) {
                case 'n' -> string.append('\n');
                case 't' -> string.append('\t');
                case 'r' -> string.append('\r');
                case 'b' -> string.append('\b');
                case 'f' -> string.append('\f');
                case '\\', '\'', '"', '/' -> string.append(escaped);
                case 'x' -> string.append((char) hex(2));
                case 'u' -> string.append((char) hex(4)); // halves of a pair add up, as in JSON
                case 'U' -> string.appendCodePoint(hex(8));
                default -> string.append('\\').append(escaped); // as Python keeps it
            }
        }
    }

    private int hex(int digits) {
        require(at + digits <= text.length());
        int value = Integer.parseUnsignedInt(text, at, at + digits, 16);
        at += digits;
        return value;
    }

    /** Writes the members of a JSON object as keyword arguments. */
    static String arguments(String object) {
        try {
            List<String> parts = new ArrayList<>();
            StrictJson.map(object).forEach((name, value) -> {
                if (!isName(name)) {
                    throw new IllegalArgumentException("the argument '" + name
                            + "' cannot be written in Python, whose names are letters, digits and underscores");
                }
                parts.add(name + "=" + written(value));
            });
            return String.join(", ", parts);
        } catch (BrokenRecord e) {
            throw new IllegalArgumentException("not a JSON object: " + e.getMessage(), e);
        }
    }

    /** Whether a text can be a name in Python. */
    static boolean isName(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]*");
    }

    private static String written(@Nullable Object value) {
        if (value == null) {
            return "None";
        } else if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        } else if (value instanceof Map<?, ?> map) {
            List<String> parts = map.entrySet().stream()
                    .map(entry -> JsonSchema.quoted((String) entry.getKey()) + ": " + written(entry.getValue()))
                    .toList();
            return "{" + String.join(", ", parts) + "}";
        } else if (value instanceof List<?> list) {
            return "["
                    + String.join(
                            ", ", list.stream().map(PythonLiterals::written).toList()) + "]";
        }
        return value instanceof String text ? JsonSchema.quoted(text) : value.toString();
    }
}
