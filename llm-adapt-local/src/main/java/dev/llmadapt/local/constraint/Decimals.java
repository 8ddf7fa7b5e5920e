package dev.llmadapt.local.constraint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON texts of sets of numbers. A set's texts are all those of its numbers that have no exponent, so that
 * intersection and complement of texts, within {@link #decimal}, are those of the sets. Not thread-safe.
 */
final class Decimals {
    private static final int MAX_DIGITS = 400;
    /** The most digits of a number under no rule. */
    private static final int MAX_WRITTEN = 30;

    private static final int MAX_DIVISOR = 10_000;

    private final Regexes regexes;
    /** A number without an exponent. */
    final Regex decimal;
    /** A number with or without an exponent, of at most 30 digits before and after the point, so that it ends. */
    final Regex number;
    /** A whole number without a point, of at most 30 digits. */
    final Regex boundedInteger;
    /** The numbers that are whole, such as 1 and 1.0. */
    final Regex whole;
    /** The whole numbers that are written without a point. */
    final Regex integer;

    Decimals(Regexes regexes) {
        this.regexes = regexes;
        Regex digit = regexes.bytes(ByteSet.range('0', '9'));
        Regex digits = regexes.repeat(digit, 1, Regex.UNBOUNDED);
        Regex magnitude = regexes.or(
                regexes.literal("0"), regexes.concat(regexes.bytes(ByteSet.range('1', '9')), regexes.star(digit)));
        Regex point = regexes.literal(".");
        integer = regexes.concat(regexes.optional(regexes.literal("-")), magnitude);
        decimal = regexes.concat(integer, regexes.optional(regexes.concat(point, digits)));
        whole = regexes.concat(
                integer,
                regexes.optional(regexes.concat(point, regexes.repeat(regexes.literal("0"), 1, Regex.UNBOUNDED))));
        Regex sign = regexes.optional(regexes.bytes(ByteSet.of('+').or(ByteSet.of('-'))));
        Regex exponent =
                regexes.concat(regexes.bytes(ByteSet.of('e').or(ByteSet.of('E'))), sign, regexes.repeat(digit, 1, 3));
        Regex bounded = regexes.concat(
                regexes.optional(regexes.literal("-")),
                regexes.or(
                        regexes.literal("0"),
                        regexes.concat(
                                regexes.bytes(ByteSet.range('1', '9')), regexes.repeat(digit, 0, MAX_WRITTEN - 1))));
        boundedInteger = bounded;
        Regex places = regexes.optional(regexes.concat(point, regexes.repeat(digit, 1, MAX_WRITTEN)));
        number = regexes.concat(bounded, places, regexes.optional(exponent));
    }

    /** Returns the numbers of at least a bound, or above it. */
    Regex atLeast(BigDecimal bound, boolean exclusive) {
        return regexes.and(decimal, regexes.automaton(Bound.of(bound, exclusive)));
    }

    /** Returns the numbers of at most a bound, or below it. */
    Regex atMost(BigDecimal bound, boolean exclusive) {
        return regexes.minus(decimal, atLeast(bound, !exclusive));
    }

    /** Returns the texts of one number. */
    Regex equal(BigDecimal value) {
        return regexes.and(atLeast(value, false), atMost(value, false));
    }

    /**
     * Returns the multiples of a number above 0.
     *
     * @throws IllegalArgumentException if it is more than {@value #MAX_DIVISOR} in units of its last place
     */
    Regex multipleOf(BigDecimal divisor) {
        BigDecimal plain = divisor.stripTrailingZeros();
        int scale = Math.max(plain.scale(), 0);
        check(plain);
        BigInteger units = plain.movePointRight(scale).toBigIntegerExact();
        if (units.compareTo(BigInteger.valueOf(MAX_DIVISOR)) > 0) {
            throw new IllegalArgumentException(
                    "must be at most " + MAX_DIVISOR + " in units of its last place, got " + divisor);
        }
        return regexes.and(decimal, regexes.automaton(new Multiple(units.longValueExact(), scale, 0, -1)));
    }

    private static void check(BigDecimal value) {
        if (value.precision() > MAX_DIGITS || Math.abs((long) value.scale()) > MAX_DIGITS) {
            throw new IllegalArgumentException("has more than " + MAX_DIGITS + " digits");
        }
    }

    /** The texts of a value that a schema names: as it is written there, and without an exponent. */
    static List<byte[]> forms(BigDecimal value, String written) {
        check(value);
        boolean exponent = written.indexOf('e') >= 0 || written.indexOf('E') >= 0;
        BigDecimal plain = value.stripTrailingZeros();
        List<String> forms = exponent
                ? List.of(written, plain.toPlainString() + (plain.scale() <= 0 ? ".0" : ""))
                : List.of(written);
        return forms.stream()
                .map(each -> each.getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    /**
     * Reads a number without an exponent and compares it with a bound.
     *
     * @param whole the digits of the bound's magnitude before the point
     * @param fraction those after it
     * @param negativeBound whether the bound is below 0
     * @param exclusive whether the bound itself is not meant
     * @param place digits read before the point, or, after it, {@code whole.length()} and those read there
     * @param part where the reader is
     * @param order how the digits read compare with those of the bound
     */
    private record Bound(
            String whole,
            String fraction,
            boolean negativeBound,
            boolean exclusive,
            Part part,
            boolean negative,
            int place,
            int order)
            implements ByteAutomaton {
        enum Part {
            START,
            WHOLE,
            FRACTION
        }

        static Bound of(BigDecimal bound, boolean exclusive) {
            check(bound);
            String text = bound.abs().toPlainString();
            int point = text.indexOf('.');
            String whole = point < 0 ? text : text.substring(0, point);
            String fraction = point < 0 ? "" : text.substring(point + 1);
            return new Bound(whole, fraction, bound.signum() < 0, exclusive, Part.START, false, 0, 0);
        }

        private Bound at(Part next, boolean sign, int atPlace, int compared) {
            return new Bound(whole, fraction, negativeBound, exclusive, next, sign, atPlace, compared);
        }

        @Override
        public @Nullable ByteAutomaton next(int unsigned) {
            if (part == Part.START && unsigned == '-') {
                return negative ? null : at(Part.START, true, 0, 0);
            }
            if (unsigned == '.') {
                return part == Part.WHOLE ? at(Part.FRACTION, negative, 0, ordered()) : null;
            }
            if (unsigned < '0' || unsigned > '9') {
                return null;
            }
            if (part == Part.FRACTION) {
                if (order != 0) {
                    return this;
                }
                int digit = place < fraction.length() ? fraction.charAt(place) : '0';
                return at(part, negative, Math.min(place + 1, fraction.length()), Integer.compare(unsigned, digit));
            }
            if (place >= whole.length()) {
                return at(Part.WHOLE, negative, whole.length() + 1, 1); // longer, so larger
            }
            int compared = order != 0 ? order : Integer.compare(unsigned, whole.charAt(place));
            return at(Part.WHOLE, negative, place + 1, compared);
        }

        /** How the part before the point compares: a shorter one is smaller, since none begins with 0 but 0. */
        private int ordered() {
            return place < whole.length() ? -1 : order;
        }

        @Override
        public boolean accepts() {
            if (part == Part.START) {
                return false;
            }
            int magnitude = part == Part.WHOLE ? ordered() : order;
            if (magnitude == 0 && place < fraction.length()) {
                boolean zeros =
                        fraction.substring(part == Part.WHOLE ? 0 : place).matches("0*");
                magnitude = zeros ? 0 : -1;
            } else if (magnitude == 0 && part == Part.WHOLE) {
                magnitude = fraction.matches("0*") ? 0 : -1;
            }
            int compared;
            if (negativeBound) {
                compared = negative ? -magnitude : 1;
            } else if (negative) {
                boolean zeroBound = whole.equals("0") && fraction.matches("0*");
                compared = zeroBound && magnitude == 0 ? 0 : -1;
            } else {
                compared = magnitude;
            }
            return exclusive ? compared > 0 : compared >= 0;
        }
    }

    /**
     * Reads a number without an exponent and its remainder.
     *
     * @param divisor in units of the last place
     * @param scale the places after the point
     * @param rest the remainder of the digits so far
     * @param places places read after the point, -1 before it
     */
    private record Multiple(long divisor, int scale, long rest, int places) implements ByteAutomaton {
        @Override
        public @Nullable ByteAutomaton next(int unsigned) {
            if (unsigned == '-') {
                return this;
            } else if (unsigned == '.') {
                return places < 0 ? new Multiple(divisor, scale, rest, 0) : null;
            } else if (unsigned < '0' || unsigned > '9') {
                return null;
            } else if (places == scale) { // more would be a fraction of a unit
                return unsigned == '0' ? this : null;
            }
            return new Multiple(divisor, scale, (rest * 10 + unsigned - '0') % divisor, places < 0 ? -1 : places + 1);
        }

        @Override
        public boolean accepts() {
            long whole = rest;
            for (int place = Math.max(places, 0); place < scale; place++) {
                whole = whole * 10 % divisor;
            }
            return whole == 0;
        }
    }
}
