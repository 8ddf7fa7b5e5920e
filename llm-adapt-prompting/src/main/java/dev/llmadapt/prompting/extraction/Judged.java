package dev.llmadapt.prompting.extraction;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A condition that says a value, and the examples that it holds for.
 *
 * @param condition what is judged
 * @param detail how much it asks for; of two that are equal otherwise the one that asks for less is better
 * @param matched the examples for which it holds
 * @param right those of them for which its value is the right one
 */
record Judged<T>(T condition, int detail, BitSet matched, BitSet right) {
    private static final int MOST_TAKEN = 64;

    /**
     * A decision list by covering: the most precise condition on the examples that none before it holds for, again and
     * again. A condition counts only if it is right for two examples, so that each would be there without one of them.
     *
     * @param size the number of examples
     * @param asOtherwise the examples that are right if no condition holds
     * @param gain how many examples more a condition must be right for than nothing is
     */
    static <T> List<T> cover(List<Judged<T>> candidates, int size, BitSet asOtherwise, int gain) {
        List<T> taken = new ArrayList<>();
        BitSet left = new BitSet();
        left.set(0, size);
        while (taken.size() < MOST_TAKEN) {
            Optional<Judged<T>> best = candidates.stream()
                    .filter(judged -> judged.right().cardinality() > 1 && judged.gained(asOtherwise, left) >= gain)
                    .max(Comparator.<Judged<T>>comparingDouble(judged -> judged.precision(left))
                            .thenComparingInt(judged -> common(judged.right(), left))
                            .thenComparingInt(judged -> -judged.detail()));
            if (best.isEmpty()) {
                break;
            }
            taken.add(best.get().condition());
            left.andNot(best.get().matched());
        }
        return taken;
    }

    /** How many more of the examples left it is right for than nothing is. */
    private int gained(BitSet asOtherwise, BitSet left) {
        BitSet without = (BitSet) matched.clone();
        without.and(asOtherwise);
        return common(right, left) - common(without, left);
    }

    /** The share of right values among those left, one more counted as wrong, so that few count for less. */
    private double precision(BitSet left) {
        return common(right, left) / (common(matched, left) + 1.0);
    }

    private static int common(BitSet one, BitSet other) {
        BitSet both = (BitSet) one.clone();
        both.and(other);
        return both.cardinality();
    }
}
