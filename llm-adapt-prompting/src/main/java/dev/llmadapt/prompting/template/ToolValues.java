package dev.llmadapt.prompting.template;

import dev.llmadapt.Message;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tools and tool calls as the values that Hugging Face {@code transformers} gives chat templates: schemas and arguments
 * are dictionaries, never JSON in a string.
 */
final class ToolValues {
    private ToolValues() {}

    /** The tools of a request. */
    static List<Map<String, @Nullable Object>> tools(List<ToolSpec> tools) {
        List<Map<String, @Nullable Object>> values = new ArrayList<>();
        for (ToolSpec tool : tools) {
            Map<String, @Nullable Object> function = new LinkedHashMap<>();
            function.put("name", tool.name());
            function.put("description", tool.description());
            function.put(
                    "parameters", json(tool.parameters().jsonSchema(), "the parameters of tool '" + tool.name() + "'"));
            values.add(function(function));
        }
        return values;
    }

    /** Adds what a message says of calls, in either direction. */
    static void put(Message message, Map<String, Object> value) {
        if (!message.toolCalls().isEmpty()) {
            List<Map<String, @Nullable Object>> calls = new ArrayList<>();
            for (ToolCall call : message.toolCalls()) {
                Map<String, @Nullable Object> function = new LinkedHashMap<>();
                function.put("name", call.name());
                function.put("arguments", json(call.arguments(), "the arguments of a call of '" + call.name() + "'"));
                Map<String, @Nullable Object> one = new LinkedHashMap<>();
                if (!call.id().isEmpty()) {
                    one.put("id", call.id());
                }
                one.putAll(function(function));
                calls.add(one);
            }
            value.put("tool_calls", calls);
        }
        if (!message.toolName().isEmpty()) {
            value.put("name", message.toolName());
        }
        if (!message.toolCallId().isEmpty()) {
            value.put("tool_call_id", message.toolCallId());
        }
    }

    private static Map<String, @Nullable Object> function(Map<String, @Nullable Object> function) {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("type", "function");
        value.put("function", function);
        return value;
    }

    private static Map<String, @Nullable Object> json(String text, String what) {
        try {
            Map<String, @Nullable Object> map = StrictJson.map(text);
            map.replaceAll((name, value) -> value(value, what));
            return map;
        } catch (BrokenRecord e) {
            throw new IllegalArgumentException(what + " cannot be shown to the model: " + e.getMessage(), e);
        }
    }

    private static @Nullable Object value(@Nullable Object value, String what) {
        if (value instanceof BigDecimal number) {
            return number(number, what);
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>();
            list.forEach(item -> items.add(value(item, what)));
            return items;
        } else if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> entries = new LinkedHashMap<>();
            map.forEach((name, item) -> entries.put((String) name, value(item, what)));
            return entries;
        }
        return value;
    }

    /** A number as Python's {@code json} reads it: an {@code int} where it has neither a fraction nor an exponent. */
    private static Object number(BigDecimal number, String what) {
        if (number.scale() != 0) {
            return number.doubleValue();
        }
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    what + " has the whole number " + number + ", which is beyond 64 bits; write it as a string", e);
        }
    }
}
