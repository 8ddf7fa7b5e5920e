package dev.llmadapt.local.runtime;

import dev.llmadapt.Device;
import dev.llmadapt.natives.OnnxRuntime;
import dev.llmadapt.natives.ThreadPool;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The threads and the device that a graph runs on.
 *
 * @param threads threads of one run, at least 1
 * @param spinning whether those threads wait for work by spinning, which answers sooner and takes their processors as
 *     long as they wait
 * @param profile where the engine writes the time of every operator when it is closed: the beginning of a file's path,
 *     to which it adds the time of day and {@code .json}
 * @param device what it runs on
 * @param packed where packed weights are kept for later sessions; empty for nowhere
 * @param sections into how many sections a graph on the CPU is cut, at most, each of which has a session of its own; 0
 *     for as many as its size asks for
 * @param restsAfterRun whether threads stop spinning as soon as a run ends
 */
public record Execution(
        int threads,
        boolean spinning,
        Optional<Path> profile,
        Device device,
        Optional<PackedWeights> packed,
        int sections,
        boolean restsAfterRun) {
    /** Refuses fewer threads than one. */
    public Execution {
        if (sections < 0) {
            throw new IllegalArgumentException("sections must be at least 0, sections: " + sections);
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, threads: " + threads);
        }
    }

    /** Returns an execution on CPU threads, which spin where there are enough processors, without a profile. */
    public static Execution of(int threads) {
        return new Execution(
                threads,
                Processors.ofProcess().maySpin(threads),
                Optional.empty(),
                Device.CPU,
                Optional.empty(),
                0,
                false);
    }

    /** Starts the engine, if nobody has; its threads are this execution's then. */
    OnnxRuntime startEngine() {
        return OnnxRuntime.start(pool());
    }

    /**
     * Whether the threads are those that sessions of the process share, so that they need not be woken when a session
     * runs after another. Others have threads of their own.
     */
    boolean sharesThreads() {
        return startEngine().pool().filter(pool()::equals).isPresent();
    }

    private ThreadPool pool() {
        return new ThreadPool(threads, spinning);
    }

    /** Returns this execution with threads that wait by spinning, or do not. */
    public Execution withSpinning(boolean spinning) {
        return new Execution(threads, spinning, profile, device, packed, sections, restsAfterRun);
    }

    /** Returns this execution with a profile. */
    public Execution withProfile(Path profile) {
        return new Execution(threads, spinning, Optional.of(profile), device, packed, sections, restsAfterRun);
    }

    /** Returns this execution on another device. */
    public Execution withDevice(Device device) {
        return new Execution(threads, spinning, profile, device, packed, sections, restsAfterRun);
    }

    /** Returns this execution with a place for packed weights. */
    public Execution withPacked(Optional<PackedWeights> packed) {
        return new Execution(threads, spinning, profile, device, packed, sections, restsAfterRun);
    }

    /** Returns this execution with graphs cut into at most so many sections; see the record. */
    public Execution withSections(int sections) {
        return new Execution(threads, spinning, profile, device, packed, sections, restsAfterRun);
    }

    /** Returns this execution with threads that stop spinning as soon as a run ends, or do not. */
    Execution withRestAfterRun(boolean restsAfterRun) {
        return new Execution(threads, spinning, profile, device, packed, sections, restsAfterRun);
    }
}
