package dev.llmadapt.local.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * The memory that the keys and values of a model may take. Where nobody says it, half of what is left of the machine's
 * or container's memory after the largest heap, the weights of the open models and what these were granted before; at
 * least a sixteenth of the memory. So models that are opened one after the other share one machine, and what is never
 * granted is left for the engine's own work.
 */
public final class CacheBudget implements AutoCloseable {
    /** The part of the memory left that a model is granted: one in so many. */
    private static final int SHARE = 2;

    private static final int MIN_SHARE = 16;

    /** The memory of a process, and how much of it models have been granted. */
    static final class Ledger {
        private final long memory;
        private final long heap;
        private long promised; // guarded by this

        Ledger(long memory, long heap) {
            this.memory = memory;
            this.heap = heap;
        }

        /** Grants a budget to a model: the bytes asked for, or a share where they are 0. */
        synchronized CacheBudget grant(long asked, long weights) {
            long left = memory - heap - promised - weights;
            long bytes = asked != 0 ? asked : Math.max(left / SHARE, memory / MIN_SHARE);
            promised += bytes + weights;
            return new CacheBudget(this, bytes, bytes + weights);
        }

        private synchronized void release(long bytes) {
            promised -= bytes;
        }
    }

    /**
     * The account of this JVM, which knows the limits of its container (control groups 1 and 2), and the machine's
     * memory where there is none.
     */
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
     * Grants a budget in this process's memory.
     *
     * @param asked bytes, or 0 for a share
     * @param weights bytes that the model itself takes
     */
    public static CacheBudget of(long asked, long weights) {
        return OfProcess.LEDGER.grant(asked, weights);
    }

    /**
     * Grants a budget in a device's memory.
     *
     * @param asked bytes, or 0 for a share
     * @param free bytes that are free once the weights are there
     */
    public static CacheBudget onDevice(long asked, long free) {
        return new Ledger(free, 0).grant(asked, 0);
    }

    /** The most bytes. */
    public long bytes() {
        return bytes;
    }

    /** Gives the budget back; may be called twice. */
    @Override
    public synchronized void close() {
        ledger.release(promised);
        promised = 0;
    }
}
