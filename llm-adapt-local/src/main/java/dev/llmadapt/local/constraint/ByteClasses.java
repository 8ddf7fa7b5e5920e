package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.Regex.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Classes of bytes by which an expression has the same derivative, so that a table needs one slot for each (Owens,
 * Reppy and Turon, Regular-expression derivatives re-examined, 2009).
 */
final class ByteClasses {
    private ByteClasses() {}

    /** The class of each byte: bytes of one class have the same derivative. */
    static byte[] of(Regex regex) {
        byte[] classes = regex.classes;
        if (classes == null) {
            Set<ByteSet> sets = new LinkedHashSet<>();
            first(regex, sets);
            classes = new byte[256];
            int count = 1;
            for (ByteSet set : sets) {
                count = refine(classes, count, set);
            }
            regex.classes = classes;
            regex.next = new Regex[count];
        }
        return classes;
    }

    private static int refine(byte[] classes, int count, ByteSet set) {
        int[] in = new int[count];
        boolean[] out = new boolean[count];
        Arrays.fill(in, -1);
        for (int value = 0; value < 256; value++) {
            if (!set.has(value)) {
                out[Byte.toUnsignedInt(classes[value])] = true;
            }
        }
        int next = count;
        for (int value = 0; value < 256; value++) {
            int old = Byte.toUnsignedInt(classes[value]);
            if (old < count && set.has(value) && out[old]) {
                if (in[old] < 0) {
                    in[old] = next++;
                }
                classes[value] = (byte) in[old];
            }
        }
        return next;
    }

    private static final List<ByteSet> DECIMAL = decimal();

    private static List<ByteSet> decimal() {
        List<ByteSet> sets = new ArrayList<>();
        "0123456789-+.eE".chars().forEach(value -> sets.add(ByteSet.of(value)));
        return List.copyOf(sets);
    }

    /** Collects the sets of bytes that the first byte of a match is told apart by. */
    private static void first(Regex regex, Set<ByteSet> sets) {
        switch (regex.kind) {
            case BYTES -> sets.add(regex.bytes);
            case CONCAT -> {
                first(regex.parts.get(0), sets);
                if (regex.parts.get(0).nullable) {
                    first(regex.parts.get(1), sets);
                }
            }
            case AUTOMATON -> sets.addAll(DECIMAL);
            default -> regex.parts.forEach(part -> first(part, sets));
        }
    }

    /** Returns one byte of each class of bytes that have the same derivative. */
    static int[] representatives(Regex regex) {
        if (regex.kind == Kind.BYTES || regex.kind == Kind.EMPTY || regex.kind == Kind.EPSILON) {
            int first = 0;
            while (first < 256 && !regex.bytes.has(first)) {
                first++;
            }
            return first == 256 ? new int[0] : new int[] {first};
        }
        byte[] classes = of(regex);
        int[] found = new int[Objects.requireNonNull(regex.next).length];
        for (int value = 255; value >= 0; value--) {
            found[Byte.toUnsignedInt(classes[value])] = value;
        }
        return found;
    }
}
