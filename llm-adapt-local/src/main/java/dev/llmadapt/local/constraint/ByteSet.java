package dev.llmadapt.local.constraint;

/**
 * A set of bytes, as 256 bits. Immutable.
 *
 * @param a the bytes 0 to 63
 * @param b the bytes 64 to 127
 * @param c the bytes 128 to 191
 * @param d the bytes 192 to 255
 */
record ByteSet(long a, long b, long c, long d) {
    static final ByteSet NONE = new ByteSet(0, 0, 0, 0);
    static final ByteSet ALL = new ByteSet(-1, -1, -1, -1);

    /** Returns the bytes from one to another, both included. */
    static ByteSet range(int from, int last) {
        return new ByteSet(word(from, last, 0), word(from, last, 64), word(from, last, 128), word(from, last, 192));
    }

    static ByteSet of(int value) {
        return range(value, value);
    }

    private static long word(int from, int last, int base) {
        int low = Math.max(from - base, 0);
        int high = Math.min(last - base, 63);
        return low > high ? 0 : (-1L << low) & (-1L >>> (63 - high));
    }

    boolean has(int value) {
        long word = value < 128 ? (value < 64 ? a : b) : value < 192 ? c : d;
        return (word >>> value & 1) != 0;
    }

    ByteSet or(ByteSet other) {
        return new ByteSet(a | other.a, b | other.b, c | other.c, d | other.d);
    }

    ByteSet and(ByteSet other) {
        return new ByteSet(a & other.a, b & other.b, c & other.c, d & other.d);
    }

    ByteSet not() {
        return new ByteSet(~a, ~b, ~c, ~d);
    }

    boolean isEmpty() {
        return (a | b | c | d) == 0;
    }
}
