package dev.llmadapt.peft.adapter;

/** A row of an update {@code B A}, made when it is needed: the whole is as large as the weight itself. */
final class UpdateRow {
    private UpdateRow() {}

    /** Adds {@code factor * (B A)[row]} to the {@code in} values of {@code target} from {@code offset} on. */
    static void add(LowRank update, int row, double factor, float[] target, int offset) {
        float[] a = update.a();
        int in = update.in();
        for (int r = 0; r < update.rank(); r++) {
            float b = (float) (factor * update.b()[row * update.rank() + r]);
            if (b != 0) {
                int at = r * in;
                for (int i = 0; i < in; i++) {
                    target[offset + i] += b * a[at + i];
                }
            }
        }
    }
}
