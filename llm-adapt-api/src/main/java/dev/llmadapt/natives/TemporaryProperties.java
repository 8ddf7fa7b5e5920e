package dev.llmadapt.natives;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * System properties with other values while a library is being loaded. Their own values come back afterwards: the
 * properties belong to the program.
 */
final class TemporaryProperties implements AutoCloseable {
    private final Map<String, @Nullable String> before = new LinkedHashMap<>();

    /** Sets a property until this is closed. */
    TemporaryProperties with(String name, String value) {
        if (!before.containsKey(name)) {
            before.put(name, System.getProperty(name));
        }
        System.setProperty(name, value);
        return this;
    }

    @Override
    public void close() {
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }
}
