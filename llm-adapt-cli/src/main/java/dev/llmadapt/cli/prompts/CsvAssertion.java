package dev.llmadapt.cli.prompts;

import dev.llmadapt.cli.prompts.AssertionTypes.Row;
import dev.llmadapt.cli.prompts.AssertionTypes.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Assertions in promptfoo's short form, {@code type:value} or {@code type(threshold):value}; a text without a type is
 * what the answer must equal.
 */
final class CsvAssertion {
    /** promptfoo's thresholds of this form, where others than in YAML. */
    private static final Map<String, Double> STANDARD =
            Map.of("similar", 0.8, "similar:cosine", 0.8, "levenshtein", 0.75);

    private static final Map<String, String> OTHER_NAMES =
            Map.of("grade", "llm-rubric", "fn", "javascript", "eval", "javascript");
    private static final Pattern LIKE_A_TYPE =
            Pattern.compile("(?:not-)?([a-z][a-z-]{2,})(?:\\(\\d+(?:\\.\\d+)?\\))?:.*", Pattern.DOTALL);
    private static final int MISTYPED = 2;

    private final Map<String, Row> rows = AssertionTypes.rows();
    private final List<String> types = new ArrayList<>(rows.keySet());
    private final Pattern form;

    CsvAssertion() {
        types.addAll(AssertionTypes.REFUSED);
        types.addAll(OTHER_NAMES.keySet());
        form = Pattern.compile(
                "(not-)?("
                        + types.stream().map(Pattern::quote).collect(Collectors.joining("|"))
                        + ")(?:\\((\\d+(?:\\.\\d+)?)\\))?(?::(.*))?",
                Pattern.DOTALL);
    }

    /** The parts of the assertion as YAML has them. */
    Map<String, YamlNode> read(YamlNode cell) {
        String text = cell.text().strip();
        Matcher matcher = form.matcher(text);
        Map<String, YamlNode> parts = new LinkedHashMap<>();
        if (!matcher.matches()) {
            requireNoMistake(cell, text);
            parts.put("type", part(cell, "equals"));
            parts.put("value", part(cell, text));
            return parts;
        }
        String type = OTHER_NAMES.getOrDefault(matcher.group(2), matcher.group(2));
        parts.put("type", part(cell, (matcher.group(1) == null ? "" : "not-") + type));
        Row row = rows.get(type);
        String value = matcher.group(4) == null ? "" : matcher.group(4).strip();
        boolean optional = row != null && (row.value() == Value.SCHEMA || row.value() == Value.NONE);
        // nothing after the colon is no value, but an answer may have to be empty
        if (!value.isEmpty() || (!optional && type.equals("equals"))) {
            parts.put("value", part(cell, value));
        }
        Double threshold = matcher.group(3) == null ? STANDARD.get(type) : Double.valueOf(matcher.group(3));
        if (threshold != null) {
            parts.put("threshold", new YamlNode(cell.file(), cell.line(), threshold, String.valueOf(threshold)));
        }
        return parts;
    }

    /** A type with a typing mistake would be a text that no answer equals. */
    private void requireNoMistake(YamlNode cell, String text) {
        Matcher like = LIKE_A_TYPE.matcher(text);
        if (!like.matches()) {
            return;
        }
        types.stream()
                .filter(type -> type.length() > MISTYPED && EditDistance.of(type, like.group(1)) <= MISTYPED)
                .findFirst()
                .ifPresent(type -> {
                    throw cell.error("'" + like.group(1) + "' is no assertion, is '" + type
                            + "' meant? An answer that must equal the whole text is 'equals:" + text + "'");
                });
    }

    private static YamlNode part(YamlNode cell, String text) {
        return new YamlNode(cell.file(), cell.line(), text, text);
    }
}
