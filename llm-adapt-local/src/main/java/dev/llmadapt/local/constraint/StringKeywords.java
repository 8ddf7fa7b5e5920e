package dev.llmadapt.local.constraint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;

/** The keywords about strings. */
final class StringKeywords {
    private static final int MAX_LENGTH = 100_000;

    private final SchemaReader reader;
    private final JsonText form;
    private final Regexes regexes;

    StringKeywords(SchemaReader reader) {
        this.reader = reader;
        this.form = reader.form;
        this.regexes = form.regexes;
    }

    /** Returns the rule that a string matches; what matches has each character in its one form. */
    Expr rule(Regex keep) {
        return reader.exprs.string(keep, regexes.minus(regexes.star(form.characters.any()), keep));
    }

    /** Reads a keyword; returns whether it is one about strings. */
    boolean read(JsonObject object, String keyword, String pointer, List<Expr> parts) {
        JsonElement value = object.get(keyword);
        switch (keyword) {
            case "minLength" -> {
                int min = SchemaReader.count(value, keyword, pointer);
                if (min > MAX_LENGTH) {
                    throw SchemaReader.refusal(keyword, pointer, "must be at most " + MAX_LENGTH + ", got " + value);
                }
                if (min > 0) {
                    parts.add(reader.exprs.string(
                            regexes.repeat(form.anyCharacter, min, Regex.UNBOUNDED),
                            regexes.repeat(form.characters.any(), 0, min - 1)));
                }
            }
            case "maxLength" -> {
                int max = SchemaReader.count(value, keyword, pointer);
                parts.add(reader.exprs.string(
                        regexes.repeat(form.anyCharacter, 0, max),
                        regexes.repeat(form.characters.any(), max + 1, Regex.UNBOUNDED)));
            }
            case "pattern" -> parts.add(rule(pattern(SchemaReader.text(value, keyword, pointer), keyword, pointer)));
            case "format" -> format(SchemaReader.text(value, keyword, pointer), pointer, parts);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Returns what matches the texts in which a pattern is found. */
    Regex pattern(String pattern, String keyword, String pointer) {
        try {
            return PatternParser.found(pattern, form.characters);
        } catch (ConstraintException e) {
            throw SchemaReader.refusal(keyword, pointer, e.getMessage());
        }
    }

    private void format(String name, String pointer, List<Expr> parts) {
        if (NumberKeywords.isFormat(name)) {
            return; // about numbers
        }
        if (Formats.ANY_TEXT.contains(name)) {
            return;
        }
        Regex keep = Formats.find(name, form.characters);
        if (keep == null) {
            throw SchemaReader.refusal(
                    "format",
                    pointer,
                    "'" + SchemaDocument.shortened(name) + "' is not supported; known are " + Formats.names());
        }
        parts.add(rule(keep));
    }
}
