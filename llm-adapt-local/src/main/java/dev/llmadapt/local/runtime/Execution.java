package dev.llmadapt.local.runtime;

import dev.llmadapt.Device;
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
 */
public record Execution(
        int threads, boolean spinning, Optional<Path> profile, Device device, Optional<PackedWeights> packed) {
    /** Refuses fewer threads than one. */
    public Execution {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, threads: " + threads);
        }
    }

    /** Returns an execution on CPU threads, which spin where there are enough processors, without a profile. */
    public static Execution of(int threads) {
        return new Execution(
                threads, Processors.ofProcess().maySpin(threads), Optional.empty(), Device.CPU, Optional.empty());
    }

    /** Returns this execution with threads that wait by spinning, or do not. */
    public Execution withSpinning(boolean spinning) {
        return new Execution(threads, spinning, profile, device, packed);
    }

    /** Returns this execution with a profile. */
    public Execution withProfile(Path profile) {
        return new Execution(threads, spinning, Optional.of(profile), device, packed);
    }

    /** Returns this execution on another device. */
    public Execution withDevice(Device device) {
        return new Execution(threads, spinning, profile, device, packed);
    }

    /** Returns this execution with a place for packed weights. */
    public Execution withPacked(Optional<PackedWeights> packed) {
        return new Execution(threads, spinning, profile, device, packed);
    }
}
