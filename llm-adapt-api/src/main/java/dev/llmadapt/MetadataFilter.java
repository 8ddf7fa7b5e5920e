package dev.llmadapt;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the {@linkplain Passage#metadata() metadata} of a passage. Values are compared as text, in the order
 * of their code points, which is the order of time for ISO-8601 dates of one format.
 */
public sealed interface MetadataFilter {
    /** Whether metadata meets this condition. */
    boolean test(Map<String, String> metadata);

    /** A filter that passes everything. */
    static MetadataFilter all() {
        return new And(List.of());
    }

    /** A filter that passes metadata whose field has this value. */
    static MetadataFilter equal(String field, String value) {
        return new OneOf(field, Set.of(value));
    }

    /** A filter that passes metadata whose field has one of these values. */
    static MetadataFilter oneOf(String field, Set<String> values) {
        return new OneOf(field, values);
    }

    /** A filter that passes metadata whose field lies between two values, both included; null leaves an end open. */
    static MetadataFilter between(String field, @Nullable String from, @Nullable String to) {
        return new Between(field, from, to);
    }

    /** A filter that passes what all of these pass; without any, everything. */
    static MetadataFilter and(MetadataFilter... parts) {
        return new And(List.of(parts));
    }

    /** A filter that passes what at least one of these passes; without any, nothing. */
    static MetadataFilter or(MetadataFilter... parts) {
        return new Or(List.of(parts));
    }

    /** A filter that passes what this part does not, metadata without the field included. */
    static MetadataFilter not(MetadataFilter part) {
        return new Not(part);
    }

    /**
     * A filter for a field with one of several values.
     *
     * @param field the name of the field
     * @param values the allowed values; without any, nothing passes
     */
    record OneOf(String field, Set<String> values) implements MetadataFilter {
        /** Copies the values. */
        public OneOf {
            values = Set.copyOf(values);
        }

        @Override
        public boolean test(Map<String, String> metadata) {
            String value = metadata.get(field);
            return value != null && values.contains(value);
        }
    }

    /**
     * A filter for a field within a range.
     *
     * @param field the name of the field
     * @param from the smallest value, or null for no lower bound
     * @param to the largest value, or null for no upper bound
     */
    record Between(
            String field, @Nullable String from, @Nullable String to) implements MetadataFilter {
        @Override
        public boolean test(Map<String, String> metadata) {
            String value = metadata.get(field);
            return value != null
                    && (from == null || compare(from, value) <= 0)
                    && (to == null || compare(value, to) <= 0);
        }

        private static int compare(String a, String b) {
            for (int i = 0, j = 0; i < a.length() && j < b.length(); ) {
                int x = a.codePointAt(i);
                int y = b.codePointAt(j);
                if (x != y) {
                    return Integer.compare(x, y);
                }
                i += Character.charCount(x);
                j += Character.charCount(y);
            }
            return Integer.compare(a.length(), b.length());
        }
    }

    /**
     * A filter that passes what all its parts pass.
     *
     * @param parts the filters; without any, everything passes
     */
    record And(List<MetadataFilter> parts) implements MetadataFilter {
        /** Copies the parts. */
        public And {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean test(Map<String, String> metadata) {
            return parts.stream().allMatch(part -> part.test(metadata));
        }
    }

    /**
     * A filter that passes what at least one of its parts passes.
     *
     * @param parts the filters; without any, nothing passes
     */
    record Or(List<MetadataFilter> parts) implements MetadataFilter {
        /** Copies the parts. */
        public Or {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean test(Map<String, String> metadata) {
            return parts.stream().anyMatch(part -> part.test(metadata));
        }
    }

    /**
     * A filter that passes what its part does not.
     *
     * @param part the filter to negate
     */
    record Not(MetadataFilter part) implements MetadataFilter {
        @Override
        public boolean test(Map<String, String> metadata) {
            return !part.test(metadata);
        }
    }
}
