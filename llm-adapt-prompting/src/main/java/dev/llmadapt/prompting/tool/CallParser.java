package dev.llmadapt.prompting.tool;

import dev.llmadapt.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reader of the calls in an answer. It takes what a format has in any of its spellings, such as white space anywhere
 * in JSON, and leaves what is not a whole call as the rest. Not thread-safe.
 */
final class CallParser {
    private static final Pattern BARE_OBJECT = Pattern.compile("\\{\\s*\"name\"\\s*:");
    private static final Pattern PYTHON_CALLS = Pattern.compile("\\[\\s*[A-Za-z_][A-Za-z0-9_.]*\\(");

    private final String text;
    private final List<ToolCall> calls = new ArrayList<>();
    private int at;

    private CallParser(String text, int at) {
        this.text = text;
        this.at = at;
    }

    static ParsedCalls parse(ToolFormat format, String answer) {
        int start = start(format, answer);
        if (start < 0) {
            return new ParsedCalls(answer, List.of(), "");
        }
        CallParser parser = new CallParser(answer, start);
        switch (format) {
            case HERMES -> parser.tagged();
            case LLAMA, JSON -> parser.bare(format);
            case MISTRAL -> parser.array("[TOOL_CALLS]");
            case MISTRAL_ARGS -> parser.named();
            case GRANITE -> parser.array("<|tool_call|>");
            case PYTHONIC -> parser.python("[", "]");
            case PYTHON_CODE -> parser.python("<code>", "</code>");
        }
        String rest = answer.substring(parser.at);
        return new ParsedCalls(
                format.atStart ? "" : answer.substring(0, start), parser.calls, rest.isBlank() ? "" : rest);
    }

    /** Returns where calls begin, or -1. */
    private static int start(ToolFormat format, String answer) {
        if (!format.atStart) {
            return format.triggers.stream()
                    .mapToInt(answer::indexOf)
                    .filter(index -> index >= 0)
                    .min()
                    .orElse(-1);
        }
        int from = JsonSpans.skip(answer, 0);
        Matcher matcher = (format == ToolFormat.PYTHONIC ? PYTHON_CALLS : BARE_OBJECT).matcher(answer);
        int object = format == ToolFormat.PYTHONIC ? from : afterOpen(format, answer, from);
        boolean calls = matcher.region(object, answer.length()).lookingAt();
        return calls ? from : -1;
    }

    private int next() {
        return JsonSpans.skip(text, at);
    }

    private void tagged() {
        while (text.startsWith("<tool_call>", next())) {
            int from = JsonSpans.skip(text, next() + "<tool_call>".length());
            int end = JsonSpans.end(text, from);
            int close = end < 0 ? -1 : JsonSpans.skip(text, end);
            boolean closes = close >= 0 && (close == text.length() || text.startsWith("</tool_call>", close));
            if (!closes || !add(text.substring(from, end))) {
                return;
            }
            at = Math.min(text.length(), close + "</tool_call>".length());
        }
    }

    /** Returns where a call begins after what may stand before all. */
    private static int afterOpen(ToolFormat format, String text, int from) {
        for (String open : format.opens) {
            String marker = open.strip();
            if (!marker.isEmpty() && text.startsWith(marker, from)) {
                return JsonSpans.skip(text, from + marker.length());
            }
        }
        return from;
    }

    private void bare(ToolFormat format) {
        int from = afterOpen(format, text, next());
        while (true) {
            from = JsonSpans.skip(text, from);
            int end = JsonSpans.end(text, from);
            if (end < 0 || !add(text.substring(from, end))) {
                return;
            }
            at = end;
            if (!text.startsWith(";", next())) {
                at = format == ToolFormat.JSON && text.startsWith("```", next()) ? next() + 3 : at;
                return;
            }
            from = next() + 1;
        }
    }

    private void array(String marker) {
        int from = JsonSpans.skip(text, at + marker.length());
        boolean array = text.startsWith("[", from);
        from += array ? 1 : 0;
        while (true) {
            from = JsonSpans.skip(text, from);
            int end = JsonSpans.end(text, from);
            if (end < 0 || !add(text.substring(from, end))) {
                return;
            }
            at = end;
            if (!array || !text.startsWith(",", next())) {
                at = array && text.startsWith("]", next()) ? next() + 1 : next();
                return;
            }
            from = next() + 1;
        }
    }

    private void named() {
        Pattern head = Pattern.compile("\\[TOOL_CALLS]\\s*([A-Za-z0-9_.-]+)\\s*"
                + "(?:\\[CALL_ID]\\s*([A-Za-z0-9]+)\\s*)?(?:\\[ARGS]\\s*)?(?=\\{)");
        Matcher matcher = head.matcher(text);
        while (matcher.region(next(), text.length()).lookingAt()) {
            int end = JsonSpans.end(text, matcher.end());
            String id = matcher.group(2);
            Optional<ToolCall> call = end < 0
                    ? Optional.empty()
                    : call(id == null ? "" : id, matcher.group(1), text.substring(matcher.end(), end));
            if (call.isEmpty()) {
                return;
            }
            calls.add(call.get());
            at = end;
        }
    }

    private void python(String open, String close) {
        PythonLiterals reader = new PythonLiterals(text, at + open.length());
        for (Optional<ToolCall> call = reader.call(); call.isPresent(); call = reader.call()) {
            calls.add(call.get());
            at = reader.at();
            reader.accept(',');
        }
        at = !calls.isEmpty() && text.startsWith(close, next()) ? next() + close.length() : at;
    }

    private boolean add(String object) {
        Map<String, String> members = JsonSpans.members(object);
        if (members == null) {
            return false;
        }
        String name = members.getOrDefault("name", "");
        String arguments = members.getOrDefault("arguments", members.getOrDefault("parameters", "{}"));
        String id = members.getOrDefault("id", "");
        if (!name.startsWith("\"")) {
            return false;
        }
        Optional<ToolCall> call = call(
                id.startsWith("\"") ? JsonSpans.text(id) : "",
                JsonSpans.text(name),
                arguments.startsWith("\"") ? JsonSpans.text(arguments) : arguments);
        call.ifPresent(calls::add);
        return call.isPresent();
    }

    private static Optional<ToolCall> call(String id, String name, String arguments) {
        try {
            return Optional.of(new ToolCall(id, name, arguments));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // such as arguments that are no JSON
        }
    }
}
