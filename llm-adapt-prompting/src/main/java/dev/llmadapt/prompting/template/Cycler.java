package dev.llmadapt.prompting.template;

import java.util.List;

/** Jinja's {@code cycler(a, b)}: its values one after the other, over and over. */
final class Cycler {
    private final List<Object> items;
    private int position;

    /** A cycler over at least one value. */
    Cycler(List<Object> items) {
        this.items = items;
    }

    Object current() {
        return items.get(position);
    }

    Object next() {
        Object item = items.get(position);
        position = (position + 1) % items.size();
        return item;
    }

    void reset() {
        position = 0;
    }
}
