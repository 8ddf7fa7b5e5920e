package dev.llmadapt.local.constraint;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.List;

/** The keywords about numbers. */
final class NumberKeywords {
    private final SchemaReader reader;
    private final Decimals decimals;
    private final Regexes regexes;

    NumberKeywords(SchemaReader reader) {
        this.reader = reader;
        this.decimals = reader.form.decimals;
        this.regexes = reader.form.regexes;
    }

    /** Whether a format is one of numbers, as OpenAPI has them. */
    static boolean isFormat(String name) {
        return switch (name) {
            case "int32", "int64", "float", "double" -> true;
            default -> false;
        };
    }

    /** Reads a keyword; returns whether it is one about numbers. */
    boolean read(JsonObject object, String keyword, String pointer, List<Expr> parts) {
        JsonElement value = object.get(keyword);
        switch (keyword) {
            case "minimum", "maximum" -> {
                String other = keyword.equals("minimum") ? "exclusiveMinimum" : "exclusiveMaximum";
                boolean exclusive = object.get(other) instanceof JsonPrimitive old // as in draft 4
                        && old.isBoolean()
                        && old.getAsBoolean();
                BigDecimal bound = SchemaReader.number(value, keyword, pointer);
                parts.add(keyword.equals("minimum") ? atLeast(bound, exclusive) : atMost(bound, exclusive));
            }
            case "exclusiveMinimum", "exclusiveMaximum" -> {
                if (value instanceof JsonPrimitive old && old.isBoolean()) {
                    return true; // read with the bound
                }
                BigDecimal bound = SchemaReader.number(value, keyword, pointer);
                parts.add(keyword.equals("exclusiveMinimum") ? atLeast(bound, true) : atMost(bound, true));
            }
            case "multipleOf" -> {
                BigDecimal divisor = SchemaReader.number(value, keyword, pointer);
                if (divisor.signum() <= 0) {
                    throw SchemaReader.refusal(keyword, pointer, "must be above 0, got " + value);
                }
                try {
                    Regex keep = decimals.multipleOf(divisor);
                    parts.add(reader.exprs.number(keep, regexes.minus(decimals.decimal, keep)));
                } catch (IllegalArgumentException e) {
                    throw SchemaReader.refusal(keyword, pointer, String.valueOf(e.getMessage()));
                }
            }
            case "format" -> {
                String name = SchemaReader.text(value, keyword, pointer);
                if (name.equals("int32") || name.equals("int64")) {
                    int bits = name.equals("int32") ? 31 : 63;
                    parts.add(atLeast(BigDecimal.valueOf(2).pow(bits).negate(), false));
                    parts.add(atMost(BigDecimal.valueOf(2).pow(bits), true));
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private Expr atLeast(BigDecimal bound, boolean exclusive) {
        return reader.exprs.number(decimals.atLeast(bound, exclusive), decimals.atMost(bound, !exclusive));
    }

    private Expr atMost(BigDecimal bound, boolean exclusive) {
        return reader.exprs.number(decimals.atMost(bound, exclusive), decimals.atLeast(bound, !exclusive));
    }
}
