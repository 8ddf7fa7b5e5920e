package dev.llmadapt.pilot.strategy;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;

/**
 * An estimate of the memory that a local model takes, before it is opened: its weights, which take about the size of
 * their files, and what a process with one short answer takes beside them ({@code docs/guides/memory.md}). It is low
 * rather than high, so that no model is ruled out that would fit.
 *
 * @param weightBytes what its weights take
 * @param machineBytes what this process can have for models: the memory of the container, or of the machine, without
 *     the largest heap
 */
record ModelFit(long weightBytes, long machineBytes) {
    /** Java, the engine, the tokenizer and the keys and values of a short answer. */
    static final long BESIDE = 200L << 20;

    /** The estimate of a model in this process. */
    static ModelFit here(long weightBytes) {
        return new ModelFit(weightBytes, machineMemory());
    }

    /** What this process can have for models; 0 where that is not known. */
    static long machineMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? Math.max(0, system.getTotalMemorySize() - Runtime.getRuntime().maxMemory())
                : 0;
    }

    /** The memory of a process in which it is open. */
    long openBytes() {
        return weightBytes + BESIDE;
    }

    /**
     * What it may take while it answers long prompts: as much as is seen of quantised models, three times their files.
     */
    long mostBytes() {
        return Math.max(openBytes(), 3 * weightBytes);
    }

    /**
     * The reason why it does not fit; empty if it does.
     *
     * @param name of the model
     * @param memoryBytes what the serving process may hold, 0 for no limit
     */
    Optional<String> reason(String name, long memoryBytes) {
        if (memoryBytes > 0 && openBytes() > memoryBytes) {
            return Optional.of(words(name, memoryBytes, "allowed are"));
        }
        if (machineBytes > 0 && openBytes() > machineBytes) {
            return Optional.of(words(name, machineBytes, "this process can have"));
        }
        return Optional.empty();
    }

    private String words(String name, long limit, String what) {
        return String.format(
                Locale.ROOT,
                "%s takes about %d MB of memory when open, %s %d",
                name,
                openBytes() >> 20,
                what,
                limit >> 20);
    }
}
