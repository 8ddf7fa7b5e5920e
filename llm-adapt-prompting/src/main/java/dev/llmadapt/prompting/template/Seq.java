package dev.llmadapt.prompting.template;

import java.util.AbstractList;
import java.util.Collections;
import java.util.List;

/**
 * A sequence with a length; templates cannot change it.
 *
 * @param kind the type in Python
 * @param items the elements
 */
record Seq(Kind kind, List<Object> items) {
    enum Kind {
        LIST("list"),
        TUPLE("tuple"),
        RANGE("range"),
        KEYS("dict_keys"),
        VALUES("dict_values"),
        ITEMS("dict_items");

        private final String pythonName;

        Kind(String pythonName) {
            this.pythonName = pythonName;
        }

        String pythonName() {
            return pythonName;
        }

        /** Whether it takes an index; the views of a dictionary do not. */
        boolean isIndexed() {
            return compareTo(RANGE) <= 0;
        }
    }

    /** Keeps the list of elements without a copy; it must not change any more. */
    Seq {
        items = Collections.unmodifiableList(items);
    }

    static Seq list(List<Object> items) {
        return new Seq(Kind.LIST, items);
    }

    static Seq tuple(Object... items) {
        return new Seq(Kind.TUPLE, List.of(items));
    }

    /** A range of {@code size} integers from {@code start} on, computed when read. */
    static Seq range(long start, long step, int size) {
        return new Seq(Kind.RANGE, new AbstractList<>() {
            @Override
            public Object get(int index) {
                return start + step * java.util.Objects.checkIndex(index, size);
            }

            @Override
            public int size() {
                return size;
            }
        });
    }

    int size() {
        return items.size();
    }
}
