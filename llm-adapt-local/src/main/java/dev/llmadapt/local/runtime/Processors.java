package dev.llmadapt.local.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * The processors that a process may use: as many as the machine or its container has, which need not be whole.
 *
 * @param count threads that run at a time, at least 1; of half a processor this is 1
 * @param quota the processors' time that a container gets, in processors; empty without a limit
 */
public record Processors(int count, OptionalDouble quota) {
    /** Returns this process's processors. */
    public static Processors ofProcess() {
        return new Processors(Runtime.getRuntime().availableProcessors(), quota(Path.of("/")));
    }

    /**
     * Whether threads may wait by spinning. Where they have less than a processor each, the time that they spin is time
     * that the container does not get back until its next period.
     *
     * @param threads threads of one run
     */
    public boolean maySpin(int threads) {
        return quota.isEmpty() || quota.getAsDouble() >= threads;
    }

    /**
     * The smallest limit of the control groups that this process is in, of version 2 ({@code cpu.max}) or 1
     * ({@code cpu.cfs_quota_us}); empty where there is none, and on other systems than Linux.
     *
     * @param root the root of the file system
     */
    static OptionalDouble quota(Path root) {
        Path groups = root.resolve("proc/self/cgroup");
        if (!Files.isReadable(groups)) {
            return OptionalDouble.empty();
        }
        DoubleStream.Builder limits = DoubleStream.builder();
        try {
            for (String line : Files.readAllLines(groups)) { // hierarchy:controllers:path
                String[] parts = line.split(":", 3);
                if (parts.length == 3) {
                    limits(root.resolve("sys/fs/cgroup"), parts[1], parts[2], limits);
                }
            }
        } catch (IOException e) {
            return OptionalDouble.empty(); // a limit that cannot be read is no limit
        }
        return limits.build().min();
    }

    private static void limits(Path mount, String controllers, String path, DoubleStream.Builder limits)
            throws IOException {
        boolean second = controllers.isEmpty();
        if (!second && !Arrays.asList(controllers.split(",", -1)).contains("cpu")) {
            return;
        }
        Path top = second ? mount : mount.resolve(Files.isDirectory(mount.resolve(controllers)) ? controllers : "cpu");
        // A container may see the path that it has outside, which does not exist inside: then the top is its own
        Path group = top.resolve(path.replaceFirst("^/+", "")).normalize();
        for (Path at = group.startsWith(top) ? group : top; at != null && at.startsWith(top); at = at.getParent()) {
            List<String> limit = second
                    ? words(at.resolve("cpu.max"))
                    : join(words(at.resolve("cpu.cfs_quota_us")), words(at.resolve("cpu.cfs_period_us")));
            if (limit.size() == 2
                    && limit.get(0).matches("[1-9]\\d*")
                    && limit.get(1).matches("[1-9]\\d*")) {
                limits.add(Double.parseDouble(limit.get(0)) / Double.parseDouble(limit.get(1)));
            }
        }
    }

    private static List<String> words(Path file) throws IOException {
        return Files.isReadable(file) ? List.of(Files.readString(file).strip().split("\\s+", -1)) : List.of();
    }

    private static List<String> join(List<String> first, List<String> second) {
        return first.size() == 1 && second.size() == 1 ? List.of(first.get(0), second.get(0)) : List.of();
    }
}
