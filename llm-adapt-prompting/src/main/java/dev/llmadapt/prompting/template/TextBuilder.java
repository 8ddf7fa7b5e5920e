package dev.llmadapt.prompting.template;

import java.util.Arrays;

/** A builder of a text that keeps the marks of its parts and counts the steps for every character. */
final class TextBuilder {
    private final Rendering rendering;
    private final StringBuilder chars = new StringBuilder();
    private final Runs runs = new Runs();

    TextBuilder(Rendering rendering) {
        this.rendering = rendering;
    }

    int length() {
        return chars.length();
    }

    TextBuilder append(String literal) {
        rendering.makeText(literal.length(), chars.length());
        chars.append(literal);
        return this;
    }

    TextBuilder append(String part, int marks) {
        int start = chars.length();
        append(part);
        runs.add(start, chars.length(), marks);
        return this;
    }

    TextBuilder append(Text text) {
        return append(text, 0, text.length());
    }

    /** Appends the characters from {@code from} to before {@code to}. */
    TextBuilder append(Text text, int from, int to) {
        rendering.makeText(to - from, chars.length());
        int shift = chars.length() - from;
        chars.append(text.chars(), from, to);
        int[] theirs = text.runs();
        for (int i = text.firstRunEndingAfter(from); i < theirs.length && theirs[i] < to; i += 3) {
            rendering.work(1);
            runs.add(Math.max(theirs[i], from) + shift, Math.min(theirs[i + 1], to) + shift, theirs[i + 2]);
        }
        return this;
    }

    Text toText() {
        return Text.withRuns(chars.toString(), runs.toArray());
    }

    /** A growing list of runs. */
    static final class Runs {
        private int[] values = new int[6];
        private int size;

        /**
         * Adds a run after all others; an empty or unmarked one is dropped, one that continues the last is joined to
         * it.
         */
        void add(int start, int end, int marks) {
            if (start >= end || marks == 0) {
                return;
            }
            if (size > 0 && values[size - 2] == start && values[size - 1] == marks) {
                values[size - 2] = end;
                return;
            }
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            values[size++] = start;
            values[size++] = end;
            values[size++] = marks;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
