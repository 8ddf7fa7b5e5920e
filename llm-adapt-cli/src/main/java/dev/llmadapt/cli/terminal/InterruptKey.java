package dev.llmadapt.cli.terminal;

import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes Ctrl-C, and the signal that asks a program to end, interrupt the work instead of the process; without work, or
 * at the second time, the process ends at once.
 *
 * <p>The platform has no public way to do so: {@code sun.misc.Signal} is supported but not documented, so it is asked
 * for by name, and where it is missing signals end the program as usual.
 */
public final class InterruptKey implements AutoCloseable {
    /** The exit status of a program that was stopped, as shells have it. */
    public static final int STOPPED = 130;

    private static final Logger LOG = LoggerFactory.getLogger(InterruptKey.class);
    private static final String INTERRUPT = "INT";
    private static final String TERMINATE = "TERM";

    private final AtomicReference<@Nullable Thread> working = new AtomicReference<>();
    private final Map<String, Object> previous = new LinkedHashMap<>();
    private volatile boolean pressed;
    private volatile boolean terminated;

    private InterruptKey() {}

    public static InterruptKey install() {
        InterruptKey key = new InterruptKey();
        try {
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            for (String signal : new String[] {INTERRUPT, TERMINATE}) {
                Object handler = Proxy.newProxyInstance(
                        InterruptKey.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                            if (method.getName().equals("handle")) {
                                key.press(signal);
                            }
                            return null;
                        });
                key.previous.put(signal, handle(signal, handler));
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("signals end the program, they cannot be caught here", e);
        }
        return key;
    }

    /** Does work that a signal interrupts; clears the interrupt status afterwards. */
    public <T> T during(Supplier<T> work) {
        pressed = false;
        working.set(Thread.currentThread());
        try {
            return work.get();
        } finally {
            working.set(null);
            Thread.interrupted();
        }
    }

    /** Whether the last work was interrupted. */
    public boolean pressed() {
        return pressed;
    }

    /** Whether the whole program was asked to end. */
    public boolean terminated() {
        return terminated;
    }

    /** Handles a signal, by its name. */
    void press(String signal) {
        Thread thread = working.get();
        if (thread == null || pressed) {
            System.exit(STOPPED);
            return;
        }
        pressed = true;
        terminated = signal.equals(TERMINATE);
        thread.interrupt();
    }

    @Override
    public void close() {
        previous.forEach((signal, handler) -> {
            try {
                handle(signal, handler);
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                LOG.debug("the usual meaning of {} could not be restored", signal, e);
            }
        });
        previous.clear();
    }

    private static Object handle(String name, Object handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> type = Class.forName("sun.misc.SignalHandler");
        Object number = signal.getConstructor(String.class).newInstance(name);
        return signal.getMethod("handle", signal, type).invoke(null, number, handler);
    }
}
