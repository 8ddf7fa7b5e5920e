package dev.llmadapt.prompting.template;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dictionary in insertion order, keyed by texts and integers; templates cannot change it once it is made. */
final class Dict {
    private final Map<Object, Object> entries = new LinkedHashMap<>();

    Map<Object, Object> entries() {
        return entries;
    }

    /** Adds an entry; a repeated key keeps its position and its first spelling, as in Python. */
    void put(Rendering r, Object key, Object value) {
        r.workOnText(key instanceof Text text ? text.length() : 0);
        entries.put(key, value);
    }

    /** Finds a value, or null; a boolean or a whole float finds the integer that equals it. */
    @Nullable
    Object find(Rendering r, Object key) {
        if (key instanceof Text text) {
            r.workOnText(text.length());
        }
        if (key instanceof Boolean bool) {
            return entries.get(bool ? 1L : 0L);
        }
        if (key instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1L << 53) {
            return entries.get(number.longValue());
        }
        return entries.get(key);
    }

    int size() {
        return entries.size();
    }
}
