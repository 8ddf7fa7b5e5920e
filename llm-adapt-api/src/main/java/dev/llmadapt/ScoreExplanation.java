package dev.llmadapt;

import java.util.List;
import java.util.Locale;

/**
 * A score and the values it was computed from, as a tree.
 *
 * @param value the score, or a part of it
 * @param description what the value is, in words
 * @param parts the values it was computed from
 */
public record ScoreExplanation(double value, String description, List<ScoreExplanation> parts) {
    /** Copies the parts. */
    public ScoreExplanation {
        parts = List.copyOf(parts);
    }

    /** An explanation without parts. */
    public ScoreExplanation(double value, String description) {
        this(value, description, List.of());
    }

    /** The tree as lines, each part indented by two more spaces than its whole. */
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
