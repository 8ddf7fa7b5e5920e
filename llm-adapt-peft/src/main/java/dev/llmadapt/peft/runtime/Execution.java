package dev.llmadapt.peft.runtime;

import dev.llmadapt.peft.Device;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How an engine runs its graph.
 *
 * @param threads threads of one run, at least 1
 * @param spinning whether those threads wait for work by spinning, which answers sooner and takes their processors as long
 *     as they wait
 * @param profile where the engine writes the time of every operator when it is closed: the beginning of a file's path, to
 *     which it adds the time of day and {@code .json}
 * @param device what it runs on
 */
public record Execution(int threads, boolean spinning, Optional<Path> profile, Device device) {
    /** Checks. */
    public Execution {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, threads: " + threads);
        }
    }

    /** Some threads of the processor, which spin where there are enough processors, and no profile. */
    public static Execution of(int threads) {
        return new Execution(threads, Processors.ofProcess().maySpin(threads), Optional.empty(), Device.CPU);
    }

    /** The same, and the threads spin or do not. */
    public Execution withSpinning(boolean spinning) {
        return new Execution(threads, spinning, profile, device);
    }

    /** The same with a profile. */
    public Execution withProfile(Path profile) {
        return new Execution(threads, spinning, Optional.of(profile), device);
    }

    /** The same on another device. */
    public Execution withDevice(Device device) {
        return new Execution(threads, spinning, profile, device);
    }
}
