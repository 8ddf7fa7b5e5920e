package dev.llmadapt.prompting.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as Python writes and reads them. */
final class Numbers {
    private Numbers() {}

    /** The shortest decimal that reads back as the same float, in Python's notation. */
    static String repr(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        } else if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return (1 / value < 0 ? "-" : "") + (long) Math.abs(value) + ".0";
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal decimal = exact;
        // Fifteen digits are never too many for a normal number: what they add to a shorter decimal are zeros.
        for (int digits = Math.abs(value) < Double.MIN_NORMAL ? 1 : 15; digits <= 17; digits++) {
            decimal = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (decimal.doubleValue() == value) {
                break;
            }
        }
        String digits = decimal.unscaledValue().abs().toString().replaceAll("0+$", "");
        int exponent = decimal.precision() - decimal.scale() - 1;
        String sign = value < 0 ? "-" : "";
        if (exponent < -4 || exponent >= 16) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            String shown = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
            return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + shown;
        } else if (exponent < 0) {
            return sign + "0." + "0".repeat(-exponent - 1) + digits;
        } else if (digits.length() <= exponent + 1) {
            return sign + digits + "0".repeat(exponent + 1 - digits.length()) + ".0";
        }
        return sign + digits.substring(0, exponent + 1) + "." + digits.substring(exponent + 1);
    }

    /** Parses as Python's {@code int(text, base)} does; null where the text is not such an integer. */
    static @Nullable Long parseInteger(Rendering r, Text text, int base) {
        String digits = cleaned(r, text);
        if (digits == null || digits.isEmpty()) {
            return null;
        }
        String sign = digits.charAt(0) == '-' || digits.charAt(0) == '+' ? digits.substring(0, 1) : "";
        String rest = digits.substring(sign.length());
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        if (!prefix.isEmpty() && rest.regionMatches(true, 0, prefix, 0, 2)) {
            rest = rest.substring(2);
        }
        if (rest.isEmpty() || rest.charAt(0) == '-' || rest.charAt(0) == '+') {
            return null;
        }
        for (int i = 0; i < rest.length(); i++) {
            if (Character.digit(rest.charAt(i), base) < 0) {
                return null;
            }
        }
        try {
            return Long.valueOf(sign + rest, base);
        } catch (NumberFormatException e) {
            throw r.fail("an integer does not fit into 64 bits");
        }
    }

    /** Parses as Python's {@code float(text)} does; null where the text is not a float. */
    static @Nullable Double parseReal(Rendering r, Text text) {
        String number = cleaned(r, text);
        if (number == null) {
            return null;
        }
        Double special = switch (number.toLowerCase(Locale.ROOT)) {
            case "nan", "+nan", "-nan" -> Double.NaN;
            case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> null;
        };
        if (special != null) {
            return special;
        }
        for (int i = 0; i < number.length(); i++) {
            if ("0123456789+-.eE".indexOf(number.charAt(i)) < 0) {
                return null;
            }
        }
        try {
            return Double.valueOf(number);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The text without white space around it and underscores between digits; null where an underscore is elsewhere. */
    private static @Nullable String cleaned(Rendering r, Text text) {
        String chars = Strings.strip(r, text, null, true, true).chars();
        if (chars.length() > 400) {
            throw r.fail("a number of " + chars.length() + " characters is too long");
        }
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if (c >= 128 && Character.isDigit(c)) {
                throw r.fail("only ASCII digits are read as numbers");
            }
            if (c == '_'
                    && (i == 0
                            || i + 1 == chars.length()
                            || !Character.isLetterOrDigit(chars.charAt(i - 1))
                            || !Character.isLetterOrDigit(chars.charAt(i + 1)))) {
                return null;
            }
        }
        return chars.replace("_", "");
    }
}
