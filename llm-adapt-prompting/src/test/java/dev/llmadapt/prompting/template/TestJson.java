package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A reader of the JSON of test data, which is well formed: this module has no JSON library. */
final class TestJson {
    private final String json;
    private int at;

    private TestJson(String json) {
        this.json = json;
    }

    static @Nullable Object parse(String json) {
        return new TestJson(json).value();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> parseObject(String json) {
        return (Map<String, Object>) java.util.Objects.requireNonNull(parse(json));
    }

    private @Nullable Object value() {
        char first = peek();
        if (first == '{') {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            at++;
            while (peek() != '}') {
                String key = string();
                skip(':');
                map.put(key, value());
                skip(',');
            }
            at++;
            return map;
        } else if (first == '[') {
            List<@Nullable Object> list = new ArrayList<>();
            at++;
            while (peek() != ']') {
                list.add(value());
                skip(',');
            }
            at++;
            return list;
        } else if (first == '"') {
            return string();
        }
        int start = at;
        while (at < json.length() && ",]} \n".indexOf(json.charAt(at)) < 0) {
            at++;
        }
        return scalar(json.substring(start, at));
    }

    private static @Nullable Object scalar(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> text.matches("-?\\d+") ? (Object) Long.valueOf(text) : (Object) Double.valueOf(text);
        };
    }

    private String string() {
        peek();
        StringBuilder text = new StringBuilder();
        for (at++; json.charAt(at) != '"'; at++) {
            char c = json.charAt(at);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            c = json.charAt(++at);
            if (c == 'u') {
                text.append((char) Integer.parseInt(json.substring(at + 1, at + 5), 16));
                at += 4;
            } else {
                int simple = "nrtbf".indexOf(c);
                text.append(simple < 0 ? c : "\n\r\t\b\f".charAt(simple));
            }
        }
        at++;
        return text.toString();
    }

    private char peek() {
        while (Character.isWhitespace(json.charAt(at))) {
            at++;
        }
        return json.charAt(at);
    }

    private void skip(char c) {
        if (peek() == c) {
            at++;
        }
    }
}
