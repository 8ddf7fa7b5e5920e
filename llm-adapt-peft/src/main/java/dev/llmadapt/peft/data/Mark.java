package dev.llmadapt.peft.data;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The value of a field that says whether an answer is learned. */
final class Mark {
    private static final Set<String> TRUE = Set.of("true", "yes", "1", "1.0");
    private static final Set<String> FALSE = Set.of("false", "no", "0", "0.0");
    private static final Set<String> JUDGEMENTS =
            Set.of("good", "bad", "chosen", "rejected", "desirable", "undesirable", "accepted", "positive", "negative");

    private Mark() {}

    /** True or false, as a boolean, as 1 or 0, or as a text of these; empty if the value is neither. */
    static Optional<Boolean> of(JsonElement value) {
        if (!(value instanceof JsonPrimitive primitive)) {
            return Optional.empty();
        }
        if (primitive.isNumber()) {
            BigDecimal number = primitive.getAsBigDecimal();
            boolean one = number.compareTo(BigDecimal.ONE) == 0;
            return one || number.signum() == 0 ? Optional.of(one) : Optional.empty();
        }
        String text = primitive.getAsString().strip().toLowerCase(Locale.ROOT);
        return TRUE.contains(text) ? Optional.of(true) : FALSE.contains(text) ? Optional.of(false) : Optional.empty();
    }

    /**
     * Whether a field called label may be KTO's mark: true and false are; a number or a judgement may be one or a
     * class; any other text is a class.
     */
    static boolean maybeKto(JsonElement value) {
        if (!(value instanceof JsonPrimitive primitive)) {
            return true;
        }
        String text = primitive.getAsString().strip().toLowerCase(Locale.ROOT);
        return isTrueOrFalse(value) || JUDGEMENTS.contains(text) || text.matches("[-+.0-9]+");
    }

    /** Whether the value is true or false in words, where 1 and 0 could be classes. */
    static boolean isTrueOrFalse(JsonElement value) {
        return value instanceof JsonPrimitive primitive
                && Set.of("true", "false")
                        .contains(primitive.getAsString().strip().toLowerCase(Locale.ROOT));
    }
}
