package dev.llmadapt.local.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;

/** A set of Unicode's code points, as ranges in order. Surrogates are in none. Immutable. */
final class CodePoints {
    static final CodePoints ALL = range(0, Character.MAX_CODE_POINT);

    /** First and last of each range, apart and in order. */
    private final int[] ranges;

    private CodePoints(int[] ranges) {
        this.ranges = ranges;
    }

    static CodePoints of(int codePoint) {
        return range(codePoint, codePoint);
    }

    /** Returns the code points from one to another, both included, without surrogates. */
    static CodePoints range(int from, int last) {
        return ofRanges(List.of(new int[] {from, last}));
    }

    /** Returns the code points of a text. */
    static CodePoints of(String text) {
        return ofRanges(
                text.codePoints().mapToObj(each -> new int[] {each, each}).toList());
    }

    /** Returns the code points that a test is true of. */
    static CodePoints where(IntPredicate test) {
        List<int[]> found = new ArrayList<>();
        int start = -1;
        for (int each = 0; each <= Character.MAX_CODE_POINT + 1; each++) {
            boolean in = each <= Character.MAX_CODE_POINT && test.test(each);
            if (in && start < 0) {
                start = each;
            } else if (!in && start >= 0) {
                found.add(new int[] {start, each - 1});
                start = -1;
            }
        }
        return ofRanges(found);
    }

    private static CodePoints ofRanges(List<int[]> ranges) {
        List<int[]> sorted = new ArrayList<>();
        for (int[] each : ranges) { // the surrogates cut out
            if (each[0] < Character.MIN_SURROGATE) {
                sorted.add(new int[] {each[0], Math.min(each[1], Character.MIN_SURROGATE - 1)});
            }
            if (each[1] > Character.MAX_SURROGATE) {
                sorted.add(new int[] {Math.max(each[0], Character.MAX_SURROGATE + 1), each[1]});
            }
        }
        sorted.sort((a, b) -> Integer.compare(a[0], b[0]));
        List<int[]> merged = new ArrayList<>();
        for (int[] each : sorted) {
            int[] before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (before != null && each[0] <= before[1] + 1) {
                before[1] = Math.max(before[1], each[1]);
            } else if (each[0] <= each[1]) {
                merged.add(each.clone());
            }
        }
        return new CodePoints(merged.stream().flatMapToInt(Arrays::stream).toArray());
    }

    /** Returns the ranges, first and last of each. */
    List<int[]> ranges() {
        List<int[]> result = new ArrayList<>();
        for (int i = 0; i < ranges.length; i += 2) {
            result.add(new int[] {ranges[i], ranges[i + 1]});
        }
        return Collections.unmodifiableList(result);
    }

    boolean isEmpty() {
        return ranges.length == 0;
    }

    boolean has(int codePoint) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (codePoint >= ranges[i] && codePoint <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    CodePoints or(CodePoints other) {
        List<int[]> both = new ArrayList<>(ranges());
        both.addAll(other.ranges());
        return ofRanges(both);
    }

    CodePoints not() {
        List<int[]> rest = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < ranges.length; i += 2) {
            if (from < ranges[i]) {
                rest.add(new int[] {from, ranges[i] - 1});
            }
            from = ranges[i + 1] + 1;
        }
        if (from <= Character.MAX_CODE_POINT) {
            rest.add(new int[] {from, Character.MAX_CODE_POINT});
        }
        return ofRanges(rest);
    }

    CodePoints and(CodePoints other) {
        return not().or(other.not()).not();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints points && Arrays.equals(points.ranges, ranges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ranges);
    }

    @Override
    public String toString() {
        return Arrays.toString(ranges);
    }
}
