package dev.llmadapt.natives;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * System properties that hold only while a library is being loaded and get their values back afterwards: they belong to the
 * program, not to us.
 */
final class TemporaryProperties implements AutoCloseable {
    private final Map<String, @Nullable String> before = new LinkedHashMap<>();

    /** A property's value until the end. */
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
