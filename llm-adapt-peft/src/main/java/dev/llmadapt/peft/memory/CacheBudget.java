package dev.llmadapt.peft.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much memory the keys and values of a model may take. Where nobody says it, half of what is left of the machine's or
 * container's memory after the largest heap, the weights of the open models and what these were granted before; at least a
 * sixteenth of the memory. So models that are opened one after the other share one machine, and what is never granted is
 * left for the engine's own work.
 */
public final class CacheBudget implements AutoCloseable {
    /** Of what is left, a model is granted one part of so many. */
    private static final int SHARE = 2;

    private static final int LEAST_SHARE = 16;

    /** What the models of a process have been granted together. */
    static final class Ledger {
        private final long memory;
        private final long heap;
        private long promised; // guarded by this

        Ledger(long memory, long heap) {
            this.memory = memory;
            this.heap = heap;
        }

        /** A budget for a model: asked for, or 0 for a share. */
        synchronized CacheBudget grant(long asked, long weights) {
            long left = memory - heap - promised - weights;
            long bytes = asked != 0 ? asked : Math.max(left / SHARE, memory / LEAST_SHARE);
            promised += bytes + weights;
            return new CacheBudget(this, bytes, bytes + weights);
        }

        private synchronized void release(long bytes) {
            promised -= bytes;
        }
    }

    /** The JVM knows the limits of its container (control groups 1 and 2), and the machine's memory where there is none. */
    private static final class OfProcess {
        static final Ledger LEDGER = new Ledger(
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize(),
                Runtime.getRuntime().maxMemory());
    }

    private final Ledger ledger;
    private final long bytes;
    private long promised;

    private CacheBudget(Ledger ledger, long bytes, long promised) {
        this.ledger = ledger;
        this.bytes = bytes;
        this.promised = promised;
    }

    /**
     * A budget in this process's memory.
     *
     * @param asked bytes, or 0 for a share
     * @param weights bytes that the model itself takes
     */
    public static CacheBudget of(long asked, long weights) {
        return OfProcess.LEDGER.grant(asked, weights);
    }

    /**
     * A budget in a device's memory.
     *
     * @param asked bytes, or 0 for a share
     * @param free bytes that nobody has, with the weights there
     */
    public static CacheBudget onDevice(long asked, long free) {
        return new Ledger(free, 0).grant(asked, 0);
    }

    /** The most bytes. */
    public long bytes() {
        return bytes;
    }

    /** Lets others have it; may be called twice. */
    @Override
    public synchronized void close() {
        ledger.release(promised);
        promised = 0;
    }
}
