package dev.llmadapt.server.openai;

import com.google.gson.JsonElement;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.server.http.HttpFailure;
import java.util.List;

/**
 * Reads what the answer is constrained to: by OpenAI's format, vLLM's {@code structured_outputs} and its older
 * {@code guided_} fields, or llama.cpp's {@code grammar} and {@code json_schema}. A request has at most one of them.
 */
final class ConstraintReader {
    private static final String STRUCTURED = "structured_outputs";
    private static final List<String> KINDS = List.of("json", "regex", "choice", "grammar", "json_object");

    /** A whitespace of its own, which JSON here does not have, and tags after free text. */
    private static final List<String> REFUSED =
            List.of("structural_tag", "whitespace_pattern", "disable_any_whitespace", "disable_additional_properties");

    /** What to do where vLLM's own engines differ; here is one. */
    private static final String IGNORED = "disable_fallback";

    private String source = ""; // the parameter that the constraint is from
    private OutputConstraint found = OutputConstraint.none();

    private ConstraintReader() {}

    /** Reads the constraint of a chat or a completion. */
    static OutputConstraint read(RequestFields fields) {
        return new ConstraintReader().all(fields, "response_format", FormatReader.read(fields));
    }

    /** Reads the constraint of a response. */
    static OutputConstraint readFlat(RequestFields fields) {
        return new ConstraintReader().all(fields, "text.format", FormatReader.readFlat(fields));
    }

    private OutputConstraint all(RequestFields fields, String name, OutputConstraint format) {
        take(name, format);
        fields.object(STRUCTURED).ifPresent(this::structured);
        one(fields, "guided_json", "json");
        one(fields, "guided_regex", "regex");
        one(fields, "guided_choice", "choice");
        one(fields, "guided_grammar", "grammar");
        one(fields, "grammar", "grammar");
        one(fields, "json_schema", "json");
        return found;
    }

    private void structured(RequestFields given) {
        for (String name : given.object().keySet()) {
            if (KINDS.contains(name)) {
                one(given, name, name);
            } else if (!name.equals(IGNORED)) {
                given.value(name).filter(value -> !Refusals.isNeutral(value)).ifPresent(value -> {
                    throw unsupported(given, name, value);
                });
            }
        }
    }

    private static HttpFailure unsupported(RequestFields given, String name, JsonElement value) {
        return HttpFailure.unsupported(
                given.path(name),
                given.path(name) + " is not supported, got " + RequestFields.shown(value)
                        + (REFUSED.contains(name)
                                ? "; a grammar says as much"
                                : "; a constraint is one of " + String.join(", ", KINDS)));
    }

    /** Reads a constraint of a kind; an empty text is none. */
    private void one(RequestFields fields, String name, String kind) {
        if (fields.value(name).isEmpty()) {
            return;
        }
        try {
            take(
                    fields.path(name),
                    switch (kind) {
                        case "json" -> FormatReader.schema(fields, name);
                        case "json_object" ->
                            fields.flag(name, false) ? FormatReader.anyObject() : OutputConstraint.none();
                        case "choice" -> OutputConstraint.oneOf(choices(fields, name));
                        case "regex" -> {
                            String pattern = fields.requiredText(name);
                            yield pattern.isEmpty() ? OutputConstraint.none() : OutputConstraint.regex(pattern);
                        }
                        default -> {
                            String rules = fields.requiredText(name);
                            yield rules.isEmpty() ? OutputConstraint.none() : OutputConstraint.grammar(rules);
                        }
                    });
        } catch (IllegalArgumentException e) {
            throw HttpFailure.invalid(fields.path(name), fields.path(name) + ": " + e.getMessage());
        }
    }

    private static List<String> choices(RequestFields fields, String name) {
        fields.array(name); // one text alone is no list of choices
        return fields.texts(name);
    }

    private void take(String name, OutputConstraint constraint) {
        if (constraint instanceof OutputConstraint.None) {
            return;
        }
        if (!source.isEmpty()) {
            throw HttpFailure.invalid(
                    name, source + " and " + name + " both say what the answer may be; leave one of them out");
        }
        source = name;
        found = constraint;
    }
}
