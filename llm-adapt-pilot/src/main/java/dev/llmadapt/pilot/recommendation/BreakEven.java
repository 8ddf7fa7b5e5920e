package dev.llmadapt.pilot.recommendation;

import java.util.Locale;

/**
 * The amounts at which one way is cheaper than another, where both grow in proportion to the amount.
 *
 * @param kind on which side of the amount
 * @param at the amount at which both cost the same; 0 where one is cheaper at any amount, or never
 */
public record BreakEven(Kind kind, double at) {
    /** The side on which it is cheaper. */
    public enum Kind {
        /** Cheaper at any amount of 0 or more, or never dearer. */
        ALWAYS,
        /** Never cheaper. */
        NEVER,
        /** Cheaper above the amount. */
        ABOVE,
        /** Cheaper below the amount. */
        BELOW
    }

    /**
     * Compares two straight lines over amounts of 0 or more.
     *
     * @param fixed what this way costs at the amount 0
     * @param slope what it costs more for each one more
     * @param otherFixed what the other way costs at the amount 0
     * @param otherSlope what that costs more for each one more
     */
    static BreakEven of(double fixed, double slope, double otherFixed, double otherSlope) {
        double ahead = fixed - otherFixed;
        double steeper = slope - otherSlope;
        if (ahead <= 0 && steeper <= 0) {
            return new BreakEven(ahead == 0 && steeper == 0 ? Kind.NEVER : Kind.ALWAYS, 0);
        }
        if (ahead >= 0 && steeper >= 0) {
            return new BreakEven(Kind.NEVER, 0);
        }
        return new BreakEven(ahead > 0 ? Kind.ABOVE : Kind.BELOW, -ahead / steeper);
    }

    /** Whether it is cheaper at an amount. */
    public boolean cheaperAt(double amount) {
        return switch (kind) {
            case ALWAYS -> true;
            case NEVER -> false;
            case ABOVE -> amount > at;
            case BELOW -> amount < at;
        };
    }

    /** The words for a person, such as {@code above 1,200}. */
    public String text() {
        return switch (kind) {
            case ALWAYS -> "always";
            case NEVER -> "never";
            case ABOVE, BELOW -> kind.name().toLowerCase(Locale.ROOT) + " " + Money.text(at, "");
        };
    }
}
