package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.List;

/** Python's operators on numbers, texts and sequences. Integers have 64 bits; more is an error, never a wrap. */
final class Arithmetic {
    private Arithmetic() {}

    /** The operators by their spelling. */
    enum Operator {
        ADD("+"),
        SUBTRACT("-"),
        MULTIPLY("*"),
        DIVIDE("/"),
        FLOOR_DIVIDE("//"),
        MODULO("%"),
        POWER("**");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }

    static Object apply(Rendering r, Operator operator, Object a, Object b) {
        if (a instanceof Text left && b instanceof Text right && operator == Operator.ADD) {
            Text sum = Strings.concat(r, Strings.fitting(r, right, left), Strings.fitting(r, left, right));
            return left.isMarkup() || right.isMarkup() ? sum.asMarkup() : sum;
        }
        if (Values.isNumber(a) && Values.isNumber(b)) {
            return numbers(r, operator, Values.toNumber(a), Values.toNumber(b));
        }
        if (operator == Operator.ADD && a instanceof Seq left && b instanceof Seq right && addable(left, right)) {
            return concat(r, left, right);
        }
        if (operator == Operator.MULTIPLY) {
            Object sequence = Values.isNumber(a) ? b : a;
            Object times = Values.toNumber(Values.isNumber(a) ? a : b);
            if (times instanceof Long count && sequence instanceof Text text) {
                Text repeated = Strings.repeat(r, text, count);
                return text.isMarkup() ? repeated.asMarkup() : repeated;
            } else if (times instanceof Long count && sequence instanceof Seq seq && addable(seq, seq)) {
                return repeat(r, seq, count);
            }
        }
        if (operator == Operator.MODULO && a instanceof Text) {
            throw r.fail("formatting a str with % is not supported, use ~ to put texts together");
        }
        throw r.fail(Values.undefinedOr(
                a,
                b,
                "'" + Values.typeName(a) + "' " + operator.sign() + " '" + Values.typeName(b) + "' has no meaning"
                        + (operator == Operator.ADD ? ", use ~ to put texts together" : "")));
    }

    static Object negate(Rendering r, Object value) {
        Object number = Values.toNumber(value);
        if (number instanceof Double real) {
            return -real;
        }
        return apply(r, Operator.SUBTRACT, 0L, requireNumber(r, number));
    }

    static Object requireNumber(Rendering r, Object value) {
        if (Values.isNumber(value)) {
            return Values.toNumber(value);
        }
        throw r.fail(Values.undefinedOr(value, value, "expected a number, got '" + Values.typeName(value) + "'"));
    }

    private static boolean addable(Seq a, Seq b) {
        return a.kind() == b.kind() && (a.kind() == Seq.Kind.LIST || a.kind() == Seq.Kind.TUPLE);
    }

    private static Seq concat(Rendering r, Seq a, Seq b) {
        r.work(Rendering.ALLOCATION + (long) a.size() + b.size());
        List<Object> items = new ArrayList<>(a.size() + b.size());
        items.addAll(a.items());
        items.addAll(b.items());
        return new Seq(a.kind(), items);
    }

    private static Seq repeat(Rendering r, Seq seq, long times) {
        long count = seq.size() == 0 ? 0 : Math.max(times, 0);
        r.work(Rendering.ALLOCATION);
        r.work(count > r.limits().steps() ? r.limits().steps() + 1 : count * seq.size());
        List<Object> items = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            items.addAll(seq.items());
        }
        return new Seq(seq.kind(), items);
    }

    private static Object numbers(Rendering r, Operator operator, Object a, Object b) {
        try {
            if (a instanceof Long left && b instanceof Long right) {
                return integers(r, operator, left, right);
            }
            return reals(r, operator, ((Number) a).doubleValue(), ((Number) b).doubleValue());
        } catch (ArithmeticException e) {
            throw r.fail("an integer does not fit into 64 bits: " + a + " " + operator.sign() + " " + b);
        }
    }

    private static Object integers(Rendering r, Operator operator, long a, long b) {
        boolean divides = switch (operator) {
            case DIVIDE, FLOOR_DIVIDE, MODULO -> true;
            default -> false;
        };
        if (divides && b == 0) {
            throw r.fail("division by zero");
        }
        return switch (operator) {
            case ADD -> Math.addExact(a, b);
            case SUBTRACT -> Math.subtractExact(a, b);
            case MULTIPLY -> Math.multiplyExact(a, b);
            case DIVIDE -> exactlyReal(r, a) / exactlyReal(r, b);
            case FLOOR_DIVIDE -> b == -1 ? (Object) Math.negateExact(a) : (Object) Math.floorDiv(a, b);
            case MODULO -> Math.floorMod(a, b);
            case POWER -> b < 0 ? reals(r, operator, (double) a, (double) b) : (Object) power(a, b);
        };
    }

    /**
     * Converts an integer to the double that equals it, so that a division rounds once, as in Python; refuses an
     * integer without one.
     */
    private static double exactlyReal(Rendering r, long value) {
        if ((long) (double) value != value || Math.abs(value) > 1L << 62) {
            throw r.fail("an integer is too large for a division: " + value);
        }
        return value;
    }

    private static long power(long base, long exponent) {
        long result = 1;
        long square = base;
        for (long left = exponent; left > 0; left >>= 1) {
            if ((left & 1) == 1) {
                result = Math.multiplyExact(result, square);
            }
            if (left > 1) {
                square = Math.multiplyExact(square, square);
            }
        }
        return result;
    }

    private static Object reals(Rendering r, Operator operator, double a, double b) {
        boolean zero = b == 0;
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / requireNonZero(r, b);
            case MODULO -> floorModulo(a, requireNonZero(r, b));
            case FLOOR_DIVIDE -> floorDivide(a, requireNonZero(r, b));
            case POWER -> {
                double power = Math.pow(a, b);
                if ((a == 0 && b < 0) || (a < 0 && b != Math.rint(b)) || (zero && Double.isNaN(a))) {
                    throw r.fail("no real number: " + a + " ** " + b);
                }
                if (Double.isInfinite(power) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
                    throw r.fail("the result is too large: " + a + " ** " + b);
                }
                yield power;
            }
        };
    }

    private static double requireNonZero(Rendering r, double value) {
        if (value == 0) {
            throw r.fail("division by zero");
        }
        return value;
    }

    private static double floorModulo(double a, double b) {
        double remainder = a % b;
        if (remainder == 0) {
            return Math.copySign(0.0, b);
        }
        return (remainder < 0) != (b < 0) ? remainder + b : remainder;
    }

    private static double floorDivide(double a, double b) {
        double remainder = a % b;
        double quotient = (a - remainder) / b;
        if (remainder != 0 && (remainder < 0) != (b < 0)) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return Math.copySign(0.0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }
}
