package dev.llmadapt.pilot.recommendation;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Amounts of money as people read them. */
public final class Money {
    private static final double LEAST = 0.0001;

    private Money() {}

    /**
     * An amount with two significant digits and commas between thousands, such as {@code EUR 1,200} or {@code 0.10},
     * never with an exponent; below 0.0001 it is {@code under 0.0001}.
     *
     * @param currency the sign or code before it; empty for none
     */
    public static String text(double amount, String currency) {
        String before = currency.isEmpty() ? "" : currency + " ";
        double size = Math.abs(amount);
        String sign = amount < 0 ? "-" : "";
        if (size == 0) {
            return before + "0";
        }
        if (size < LEAST) {
            return "under " + before + sign + "0.0001";
        }
        BigDecimal rounded = BigDecimal.valueOf(size).round(new MathContext(2, RoundingMode.HALF_UP));
        int magnitude = rounded.precision() - rounded.scale() - 1; // of the first digit: 0 for 1 to 9
        int decimals = Math.max(0, 1 - magnitude);
        return before + sign + String.format(Locale.ROOT, "%,." + decimals + "f", rounded);
    }

    /** A range of amounts, with the currency once. */
    public static String text(double low, double high, String currency) {
        return text(low, currency) + " to " + text(high, "");
    }
}
