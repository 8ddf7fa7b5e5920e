package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.List;

/**
 * A template's string: characters, and marks on ranges of them that give their origin. Immutable. Equality and order
 * are those of the characters alone, so that marks never change the output of a template.
 *
 * <p>A text from the filter {@code safe} is Python's {@code Markup}: it is read and printed like any other, but text
 * that is added to it by {@code +} is escaped for HTML.
 */
final class Text implements Comparable<Text> {
    /** The mark of text from the context, which is not trusted. */
    static final int DATA = 1;
    /** The mark of text in a generation block. */
    static final int GENERATED = 2;
    /** The mark of text from the message to be continued. */
    static final int CONTINUED = 4;

    private static final int[] NO_RUNS = {};
    static final Text EMPTY = literal("");

    private final String chars;
    /** Sorted disjoint runs of marked characters: start, end, marks; neighbours differ in marks or do not touch. */
    private final int[] runs;

    private final boolean markup;

    private Text(String chars, int[] runs, boolean markup) {
        this.chars = chars;
        this.runs = runs;
        this.markup = markup;
    }

    /** Text of the template or of the application. */
    static Text literal(String chars) {
        return new Text(chars, NO_RUNS, false);
    }

    /** Text with the same marks on all characters. */
    static Text marked(String chars, int marks) {
        return marks == 0 || chars.isEmpty()
                ? literal(chars)
                : new Text(chars, new int[] {0, chars.length(), marks}, false);
    }

    /** Text with runs as described at the field; the array is not copied. */
    static Text withRuns(String chars, int[] runs) {
        return new Text(chars, runs.length == 0 ? NO_RUNS : runs, false);
    }

    String chars() {
        return chars;
    }

    int length() {
        return chars.length();
    }

    int[] runs() {
        return runs;
    }

    boolean isMarkup() {
        return markup;
    }

    /** This text as Python's plain {@code str}. */
    Text asPlain() {
        return markup ? new Text(chars, runs, false) : this;
    }

    /** This text as Python's {@code Markup}. */
    Text asMarkup() {
        return markup ? this : new Text(chars, runs, true);
    }

    /** The marks of one character. */
    int marksAt(int index) {
        int run = firstRunEndingAfter(index);
        return run < runs.length && runs[run] <= index ? runs[run + 2] : 0;
    }

    /** The offset in {@link #runs} of the first run that ends after an index; their length if none does. */
    int firstRunEndingAfter(int index) {
        int low = 0;
        int high = runs.length / 3;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (runs[middle * 3 + 1] <= index) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low * 3;
    }

    /** The union of all marks. */
    int allMarks() {
        int all = 0;
        for (int i = 2; i < runs.length; i += 3) {
            all |= runs[i];
        }
        return all;
    }

    /** Whether all characters have the same marks. */
    boolean isUniform() {
        return runs.length == 0 || (runs.length == 3 && runs[0] == 0 && runs[1] == chars.length());
    }

    /** This text with further marks on all characters. */
    Text mark(int marks) {
        if (isUniform()) {
            Text marked = marked(chars, allMarks() | marks);
            return markup ? marked.asMarkup() : marked;
        }
        List<int[]> pieces = new ArrayList<>();
        int at = 0;
        for (int i = 0; i < runs.length; i += 3) {
            if (at < runs[i]) {
                pieces.add(new int[] {at, runs[i], marks});
            }
            pieces.add(new int[] {runs[i], runs[i + 1], runs[i + 2] | marks});
            at = runs[i + 1];
        }
        if (at < chars.length()) {
            pieces.add(new int[] {at, chars.length(), marks});
        }
        TextBuilder.Runs joined = new TextBuilder.Runs();
        pieces.forEach(piece -> joined.add(piece[0], piece[1], piece[2]));
        return new Text(chars, joined.toArray(), markup);
    }

    /** The characters before an index. */
    Text upTo(int end) {
        TextBuilder.Runs kept = new TextBuilder.Runs();
        for (int i = 0; i < runs.length; i += 3) {
            kept.add(runs[i], Math.min(runs[i + 1], end), runs[i + 2]);
        }
        return new Text(chars.substring(0, end), kept.toArray(), false);
    }

    /** The ranges with a mark. */
    List<Rendered.Span> spans(int mark) {
        List<Rendered.Span> spans = new ArrayList<>();
        int start = -1;
        int end = -1;
        for (int i = 0; i < runs.length; i += 3) {
            if ((runs[i + 2] & mark) == 0) {
                continue;
            }
            if (runs[i] != end) {
                if (start >= 0) {
                    spans.add(new Rendered.Span(start, end));
                }
                start = runs[i];
            }
            end = runs[i + 1];
        }
        if (start >= 0) {
            spans.add(new Rendered.Span(start, end));
        }
        return spans;
    }

    Rendered toRendered() {
        return new Rendered(chars, spans(GENERATED), spans(DATA));
    }

    /** Compares by code points, as Python does; Java's own order differs above the basic plane. */
    @Override
    public int compareTo(Text other) {
        int n = Math.min(chars.length(), other.chars.length());
        for (int i = 0; i < n; i++) {
            char a = chars.charAt(i);
            char b = other.chars.charAt(i);
            if (a != b) {
                return Character.isSurrogate(a) == Character.isSurrogate(b)
                        ? Character.compare(a, b)
                        : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return Integer.compare(chars.length(), other.chars.length());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && chars.equals(text.chars);
    }

    @Override
    public int hashCode() {
        return chars.hashCode();
    }

    @Override
    public String toString() {
        return chars;
    }
}
