package dev.llmadapt.spring.boot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closing of several things. */
final class Closing {
    private Closing() {}

    /** Closes all, in their order, and throws the first failure with the others suppressed. */
    static void all(List<? extends AutoCloseable> owned) {
        @Nullable RuntimeException failure = null;
        for (AutoCloseable each : owned) {
            try {
                each.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
