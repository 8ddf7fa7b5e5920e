package dev.llmadapt.prompting.file;

import java.util.ArrayList;
import java.util.List;

/** The differences of two texts by lines, as {@code diff -u} writes them. */
final class UnifiedDiff {
    private static final int CONTEXT = 3;
    /** Of texts that differ in more, the part that differs is shown as replaced. */
    private static final long MOST_CELLS = 16_000_000;

    private UnifiedDiff() {}

    /** A line of both texts (' '), of the first alone ('-') or of the second alone ('+'). */
    private record Edit(char sign, String line) {}

    /** The hunks with their headings; empty for equal texts. */
    static String of(String oldName, String newName, String oldText, String newText) {
        List<Edit> edits = edits(lines(oldText), lines(newText));
        StringBuilder out = new StringBuilder();
        int oldLine = 1;
        int newLine = 1;
        int at = 0;
        while (at < edits.size()) {
            if (edits.get(at).sign == ' ') {
                at++;
                oldLine++;
                newLine++;
                continue;
            }
            int from = Math.max(0, at - CONTEXT);
            int to = end(edits, at);
            int before = at - from;
            out.append(hunk(edits.subList(from, to), oldLine - before, newLine - before));
            for (Edit edit : edits.subList(at, to)) {
                oldLine += edit.sign == '+' ? 0 : 1;
                newLine += edit.sign == '-' ? 0 : 1;
            }
            at = to;
        }
        return out.isEmpty() ? "" : "--- " + oldName + "\n+++ " + newName + "\n" + out;
    }

    /** The end of a hunk: three lines after a change that no other change follows within six. */
    private static int end(List<Edit> edits, int at) {
        int last = at;
        for (int i = at; i < edits.size() && i <= last + 2 * CONTEXT; i++) {
            if (edits.get(i).sign != ' ') {
                last = i;
            }
        }
        return Math.min(edits.size(), last + 1 + CONTEXT);
    }

    private static String hunk(List<Edit> edits, int oldLine, int newLine) {
        long oldCount = edits.stream().filter(edit -> edit.sign != '+').count();
        long newCount = edits.stream().filter(edit -> edit.sign != '-').count();
        StringBuilder out = new StringBuilder("@@ -")
                .append(range(oldLine, oldCount))
                .append(" +")
                .append(range(newLine, newCount))
                .append(" @@\n");
        edits.forEach(edit -> out.append(edit.sign).append(edit.line).append('\n'));
        return out.toString();
    }

    private static String range(int line, long count) {
        return count == 1 ? String.valueOf(line) : (count == 0 ? line - 1 : line) + "," + count;
    }

    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(text.replaceFirst("\n$", "").split("\n", -1));
    }

    /**
     * The fewest lines to leave out and to add, by the longest common subsequence of what is not equal at both ends.
     */
    private static List<Edit> edits(List<String> a, List<String> b) {
        List<Edit> edits = new ArrayList<>();
        int start = 0;
        while (start < Math.min(a.size(), b.size()) && a.get(start).equals(b.get(start))) {
            edits.add(new Edit(' ', a.get(start++)));
        }
        int endA = a.size();
        int endB = b.size();
        while (endA > start && endB > start && a.get(endA - 1).equals(b.get(endB - 1))) {
            endA--;
            endB--;
        }
        middle(a.subList(start, endA), b.subList(start, endB), edits);
        a.subList(endA, a.size()).forEach(line -> edits.add(new Edit(' ', line)));
        return edits;
    }

    private static void middle(List<String> a, List<String> b, List<Edit> edits) {
        int i = 0;
        int j = 0;
        if ((a.size() + 1L) * (b.size() + 1L) <= MOST_CELLS) {
            int[][] common = new int[a.size() + 1][b.size() + 1]; // of the rests from i and j on
            for (int row = a.size() - 1; row >= 0; row--) {
                for (int column = b.size() - 1; column >= 0; column--) {
                    common[row][column] = a.get(row).equals(b.get(column))
                            ? common[row + 1][column + 1] + 1
                            : Math.max(common[row + 1][column], common[row][column + 1]);
                }
            }
            while (i < a.size() && j < b.size()) {
                if (a.get(i).equals(b.get(j))) {
                    edits.add(new Edit(' ', a.get(i++)));
                    j++;
                } else if (common[i + 1][j] >= common[i][j + 1]) {
                    edits.add(new Edit('-', a.get(i++)));
                } else {
                    edits.add(new Edit('+', b.get(j++)));
                }
            }
        }
        a.subList(i, a.size()).forEach(line -> edits.add(new Edit('-', line)));
        b.subList(j, b.size()).forEach(line -> edits.add(new Edit('+', line)));
    }
}
