package dev.llmadapt.prompting.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The conversion of a context's Java objects into template values; copies, so that nothing changes while rendering. */
final class ContextValues {
    private final Rendering r;

    ContextValues(Rendering r) {
        this.r = r;
    }

    /** Converts the value of a variable. */
    Object of(String name, @Nullable Object value) {
        return value(value, name);
    }

    private Object value(@Nullable Object value, String where) {
        r.enter();
        Object converted = convert(value, where);
        r.leave();
        return converted;
    }

    private Object convert(@Nullable Object value, String where) {
        if (value == null) {
            return None.NONE;
        } else if (value instanceof String chars) {
            return Text.marked(chars, Text.DATA);
        } else if (value instanceof Text || value instanceof Boolean || value instanceof Double) {
            return value;
        } else if (value instanceof Long || value instanceof Integer) {
            return ((Number) value).longValue();
        } else if (value instanceof List<?> list) {
            r.work(Rendering.ALLOCATION);
            List<Object> items = new ArrayList<>();
            list.forEach(item -> items.add(value(item, where)));
            return Seq.list(items);
        } else if (value instanceof Map<?, ?> map) {
            r.work(Rendering.ALLOCATION);
            Dict dict = new Dict();
            map.forEach((key, item) -> {
                if (!(key instanceof String name)) {
                    throw new IllegalArgumentException(
                            "a key of a map must be a String, got " + key + " in the context's '" + where + "'");
                }
                dict.put(r, Text.marked(name, Text.DATA), value(item, where));
            });
            return dict;
        }
        throw new IllegalArgumentException("the context's '" + where + "' holds a "
                + value.getClass().getName()
                + ", expected String, Boolean, Integer, Long, Double, List, Map, null or ChatTemplate.trusted");
    }
}
