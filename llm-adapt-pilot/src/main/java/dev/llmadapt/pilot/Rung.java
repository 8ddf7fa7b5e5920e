package dev.llmadapt.pilot;

import java.util.ArrayList;
import java.util.List;

/**
 * A rung of successive halving: what candidates learn from, and what they answer.
 *
 * @param train examples to learn from
 * @param tests examples to answer
 */
record Rung(int train, int tests) {
    private static final int[] CURVE = {16, 64, 256};
    private static final int FIRST_TESTS = 16;

    /** The rungs from few examples to all; each has twice the tests of the one before, the last one all. */
    static List<Rung> all(int examples, int sample) {
        List<Rung> rungs = new ArrayList<>();
        int tests = Math.min(FIRST_TESTS, sample);
        for (int train : CURVE) {
            if (train < examples) {
                rungs.add(new Rung(train, tests));
                tests = Math.min(2 * tests, sample);
            }
        }
        rungs.add(new Rung(examples, sample));
        return rungs;
    }
}
