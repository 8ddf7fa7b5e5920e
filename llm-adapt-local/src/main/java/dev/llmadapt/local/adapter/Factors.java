package dev.llmadapt.local.adapter;

/**
 * The factors of a module, in an array that those of other modules share.
 *
 * @param rank numbers between A and B
 * @param in numbers of the input
 * @param out numbers of the output
 * @param values from {@code a} on A, {@code (in, rank)}, then B, {@code (rank, out)}, with the scaling, and DoRA's
 *     gain, in it
 * @param a where A begins
 */
@SuppressWarnings("ArrayRecordComponent")
record Factors(int rank, int in, int out, float[] values, int a) {
    /** Where B begins. */
    int b() {
        return a + in * rank;
    }

    /** Where B ends. */
    int end() {
        return b() + rank * out;
    }

    /**
     * Room for the factors of all modules in few arrays: a large array stays where it is at a collection, while many
     * small ones would be moved twice before they are left alone.
     */
    static final class Room {
        private static final int MOST = 1 << 26;

        private long left; // numbers that are to come
        private float[] values = {};
        private int at;

        Room(AdapterEffect effect) {
            for (LowRank each : effect.lowRank().values()) {
                left += (long) each.rank() * each.in() + (long) each.rank() * each.out();
            }
        }

        Factors take(LowRank update) {
            int size = Math.addExact(update.rank() * update.in(), update.rank() * update.out());
            if (values.length - at < size) {
                values = new float[(int) Math.max(size, Math.min(left, MOST))];
                at = 0;
            }
            Factors taken = new Factors(update.rank(), update.in(), update.out(), values, at);
            at += size;
            left -= size;
            return taken;
        }
    }
}
