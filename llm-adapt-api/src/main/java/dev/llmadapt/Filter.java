package dev.llmadapt;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the {@linkplain Passage#metadata() metadata} of a passage must be. Values are compared as text, in the order of
 * their code points, which is the order of time for ISO-8601 dates of one form.
 */
public sealed interface Filter {
    /** Whether metadata passes. */
    boolean test(Map<String, String> metadata);

    /** Everything passes. */
    static Filter all() {
        return new And(List.of());
    }

    /** The field has this value. */
    static Filter equal(String field, String value) {
        return new OneOf(field, Set.of(value));
    }

    /** The field has one of these values. */
    static Filter oneOf(String field, Set<String> values) {
        return new OneOf(field, values);
    }

    /** The field is there and lies between two values, both included; null leaves an end open. */
    static Filter between(String field, @Nullable String from, @Nullable String to) {
        return new Between(field, from, to);
    }

    /** All of these pass; so does everything where there are none. */
    static Filter and(Filter... parts) {
        return new And(List.of(parts));
    }

    /** At least one of these passes. */
    static Filter or(Filter... parts) {
        return new Or(List.of(parts));
    }

    /** This does not pass; metadata without the field included. */
    static Filter not(Filter part) {
        return new Not(part);
    }

    /**
     * The field has one of some values.
     *
     * @param field its name
     * @param values what it may be; nothing passes where there are none
     */
    record OneOf(String field, Set<String> values) implements Filter {
        /** Copies. */
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
     * The field is there and lies in a range.
     *
     * @param field its name
     * @param from the least value, or null
     * @param to the largest value, or null
     */
    record Between(
            String field, @Nullable String from, @Nullable String to) implements Filter {
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
     * All parts pass.
     *
     * @param parts may be empty
     */
    record And(List<Filter> parts) implements Filter {
        /** Copies. */
        public And {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean test(Map<String, String> metadata) {
            return parts.stream().allMatch(part -> part.test(metadata));
        }
    }

    /**
     * One part passes.
     *
     * @param parts nothing passes where there are none
     */
    record Or(List<Filter> parts) implements Filter {
        /** Copies. */
        public Or {
            parts = List.copyOf(parts);
        }

        @Override
        public boolean test(Map<String, String> metadata) {
            return parts.stream().anyMatch(part -> part.test(metadata));
        }
    }

    /**
     * The part does not pass.
     *
     * @param part what must not be
     */
    record Not(Filter part) implements Filter {
        @Override
        public boolean test(Map<String, String> metadata) {
            return !part.test(metadata);
        }
    }
}
