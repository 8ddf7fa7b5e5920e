package dev.llmadapt;

import java.util.List;
import java.util.Locale;

/**
 * Where a score comes from, as a tree.
 *
 * @param value the number explained
 * @param description what it is, in words
 * @param parts what it was made of
 */
public record Explanation(double value, String description, List<Explanation> parts) {
    /** Copies. */
    public Explanation {
        parts = List.copyOf(parts);
    }

    /** An explanation without parts. */
    public Explanation(double value, String description) {
        this(value, description, List.of());
    }

    /** The tree as lines, each part two spaces further in than its whole. */
    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        print(lines, 0);
        return lines.toString();
    }

    private void print(StringBuilder lines, int depth) {
        lines.append("  ".repeat(depth))
                .append(String.format(Locale.ROOT, "%.6g", value))
                .append(" = ")
                .append(description)
                .append('\n');
        parts.forEach(part -> part.print(lines, depth + 1));
    }
}
