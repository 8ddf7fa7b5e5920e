package dev.llmadapt.pilot;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Ctrl-C stop an answer instead of the program, while there is one. The platform has no public way to do so:
 * {@code sun.misc.Signal} is supported but not documented, so it is asked for by name, and where it is missing Ctrl-C ends
 * the program as usual.
 */
final class InterruptKey implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptKey.class);
    private static final int EXIT_INTERRUPTED = 130;

    private final AtomicReference<@Nullable Thread> answering = new AtomicReference<>();
    private @Nullable Object previous;

    private InterruptKey() {}

    static InterruptKey install() {
        InterruptKey key = new InterruptKey();
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            key.previous = handle(Proxy.newProxyInstance(
                    InterruptKey.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            key.pressed();
                        }
                        return null;
                    }));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("Ctrl-C ends the program, it cannot be caught here", e);
        }
        return key;
    }

    /** Runs an answer that Ctrl-C interrupts; clears the interrupt status afterwards. */
    <T> T during(Supplier<T> answer) {
        answering.set(Thread.currentThread());
        try {
            return answer.get();
        } finally {
            answering.set(null);
            Thread.interrupted();
        }
    }

    private void pressed() {
        Thread thread = answering.get();
        if (thread == null) {
            System.exit(EXIT_INTERRUPTED);
        } else {
            thread.interrupt();
        }
    }

    @Override
    public void close() {
        if (previous != null) {
            try {
                handle(previous);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                LOG.debug("the usual meaning of Ctrl-C could not be restored", e);
            }
            previous = null;
        }
    }

    private static Object handle(Object handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> type = Class.forName("sun.misc.SignalHandler");
        Object interrupt = signal.getConstructor(String.class).newInstance("INT");
        return signal.getMethod("handle", signal, type).invoke(null, interrupt, handler);
    }
}
