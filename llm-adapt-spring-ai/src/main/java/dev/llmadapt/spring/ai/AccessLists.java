package dev.llmadapt.spring.ai;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Access lists among the metadata of a document. */
final class AccessLists {
    private AccessLists() {}

    /**
     * Who may read a document: everyone, as the empty set, if it has no list, and nobody, as the empty name, if its
     * list is empty.
     *
     * @param name of the list among the metadata; null if there are no lists
     * @throws IllegalArgumentException if the list is no text and no collection of texts
     */
    static Set<String> of(Map<String, ?> metadata, @Nullable String name) {
        Object list = name == null ? null : metadata.get(name);
        if (list == null) {
            return Set.of();
        }
        Set<String> readers = new HashSet<>();
        for (Object reader : list instanceof String text ? Arrays.asList(text.split(",", -1)) : several(name, list)) {
            if (!(reader instanceof String who)) {
                throw illegal(name, list);
            } else if (!who.isBlank()) {
                readers.add(who.strip());
            }
        }
        return readers.isEmpty() ? Set.of("") : readers;
    }

    private static Collection<?> several(@Nullable String name, Object list) {
        if (list instanceof Collection<?> readers) {
            return readers;
        }
        throw illegal(name, list);
    }

    private static IllegalArgumentException illegal(@Nullable String name, Object list) {
        return new IllegalArgumentException(
                "the access list '" + name + "' must be a text or a collection of texts, got " + list + " of the type "
                        + list.getClass().getName());
    }

    /** Metadata without the list. */
    static Map<String, Object> without(Map<String, Object> metadata, @Nullable String name) {
        Map<String, Object> others = new HashMap<>(metadata);
        if (name != null) {
            others.remove(name);
        }
        return others;
    }
}
