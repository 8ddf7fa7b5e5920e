package dev.llmadapt.prompting.extraction;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** Numbers as people write them: {@code 1,200.50}, {@code 1.200,50}, {@code 1 200,50}, {@code 1'200}. */
final class Numbers {
    private static final Pattern PLAIN = Pattern.compile("-?[0-9]{1,40}(?:\\.[0-9]{1,40})?");

    private Numbers() {}

    /**
     * Reads a number. The last of two different separators is that of the decimals, and so is one that stands once and
     * not before exactly three digits.
     *
     * @param decimalComma whether 1,200 is a little more than one
     */
    static Optional<BigDecimal> read(String text, boolean decimalComma) {
        String digits = text.replaceAll("['\\s\u00a0\u202f]", "");
        int comma = digits.lastIndexOf(',');
        int point = digits.lastIndexOf('.');
        char decimal = comma > point ? ',' : '.';
        int last = Math.max(comma, point);
        if (last >= 0 && (comma < 0 || point < 0)) {
            boolean several = digits.indexOf(decimal) != last;
            boolean groups = digits.length() - last - 1 == 3 && digits.charAt(0) != '0';
            if (several || (groups && (decimal == ',') != decimalComma)) {
                decimal = decimal == ',' ? '.' : ',';
            }
        }
        String plain = digits.replace(decimal == ',' ? "." : ",", "").replace(decimal, '.');
        return PLAIN.matcher(plain).matches() ? Optional.of(normal(new BigDecimal(plain))) : Optional.empty();
    }

    /** A number without zeros at its end, whose text has no exponent. */
    static BigDecimal normal(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
