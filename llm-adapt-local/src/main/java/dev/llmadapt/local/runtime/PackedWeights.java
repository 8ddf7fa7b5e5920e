package dev.llmadapt.local.runtime;

import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.local.graph.ExternalWeight;
import dev.llmadapt.local.graph.OnnxModel;
import dev.llmadapt.local.memory.NativeArena;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of packed weights, a file each, that every later session maps: packing the weights of a model takes seconds,
 * and the memory that they are packed in is needed beside the engine's own until its session is made. Several processes
 * may use a folder at once. A file is complete as soon as it has its name.
 *
 * @param folder of one checkpoint, in one precision; beside it lie those of others, of which the ones that were not
 *     used for longest are deleted when there is no room
 * @param limits what is worth keeping, and how much
 * @param afterPacking gives back the memory of what was packed, before the engine takes its own
 */
public record PackedWeights(Path folder, Limits limits, Runnable afterPacking) {
    private static final Logger LOG = LoggerFactory.getLogger(PackedWeights.class);

    /**
     * What is worth keeping, in bytes.
     *
     * @param least matrices with fewer bytes have no files
     * @param worth models with fewer bytes of packed weights, which are packed in no time, have none at all
     * @param most that all folders together take
     */
    public record Limits(long least, long worth, long most) {
        /** 64 KB, 32 MB, 32 GB. */
        public static final Limits DEFAULT = new Limits(1 << 16, 32L << 20, 32L << 30);
    }

    /** The share of the disk's free space that is left to others. */
    private static final double SPARE = 0.25;

    private static final String PART = ".part";
    private static final Duration ABANDONED = Duration.ofDays(1);

    /** A folder within the default limits. */
    public PackedWeights(Path folder, Runnable afterPacking) {
        this(folder, Limits.DEFAULT, afterPacking);
    }

    /** A folder within limits. */
    PackedWeights(Path folder, Limits limits) {
        this(folder, limits, () -> {});
    }

    /**
     * Keeps a model's packed weights, which packs those that are not there.
     *
     * @return the names of the weights that are in the folder, by {@link ExternalWeight#fileName()}; none where it
     *     cannot be written or has no room, which is logged
     */
    Set<String> keep(OnnxModel model) {
        List<ExternalWeight> weights =
                matrices(model.weights().stream().filter(ExternalWeight::packed).toList()).stream()
                        .filter(parts -> bytes(parts) >= limits.least())
                        .flatMap(List::stream)
                        .toList();
        if (bytes(weights) < limits.worth()) {
            return Set.of();
        }
        try {
            Files.createDirectories(folder);
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
            List<ExternalWeight> missing = new ArrayList<>();
            for (ExternalWeight weight : weights) {
                if (!isThere(weight)) {
                    missing.add(weight);
                }
            }
            if (!missing.isEmpty()) {
                makeRoom(bytes(missing));
                pack(missing);
                afterPacking.run();
                NativeArena.trim();
            }
            return weights.stream().map(ExternalWeight::name).collect(Collectors.toSet());
        } catch (IOException | UncheckedIOException e) {
            LOG.warn(
                    "packed weights are not kept, so that opening the model takes as long each time: {}; make the folder"
                            + " writable, name another one in LLM_ADAPT_CACHE, or turn it off (ModelOptions.withKeepPacked)",
                    e.toString());
            return Set.of();
        }
    }

    private boolean isThere(ExternalWeight weight) throws IOException {
        Path file = folder.resolve(weight.fileName());
        return Files.isRegularFile(file) && Files.size(file) == weight.bytes();
    }

    private static long bytes(List<ExternalWeight> weights) {
        return weights.stream().mapToLong(ExternalWeight::bytes).sum();
    }

    /** The weights by the matrix that they are parts of, which the beginnings of their names tell. */
    private static Collection<List<ExternalWeight>> matrices(List<ExternalWeight> weights) {
        Map<String, List<ExternalWeight>> matrices = new LinkedHashMap<>();
        for (ExternalWeight weight : weights) {
            String matrix = weight.name().substring(0, weight.name().lastIndexOf('.') + 1);
            matrices.computeIfAbsent(matrix, name -> new ArrayList<>()).add(weight);
        }
        return matrices.values();
    }

    /** Packs a matrix at a time on each processor, the largest first. */
    private void pack(List<ExternalWeight> weights) {
        matrices(weights).stream()
                .sorted(Comparator.comparingLong((List<ExternalWeight> parts) -> -bytes(parts)))
                .toList()
                .parallelStream()
                .forEach(this::packTogether);
    }

    /** The parts of a matrix come from one pass over it, in memory that is there until all are written. */
    private void packTogether(List<ExternalWeight> parts) {
        try (NativeArena memory = new NativeArena()) {
            Map<String, ByteBuffer> data = OnnxModel.data(memory, parts);
            for (ExternalWeight part : parts) {
                write(folder.resolve(part.fileName()), data.getOrDefault(part.name(), ByteBuffer.allocate(0)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, ByteBuffer data) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + PART);
        try {
            try (FileChannel channel =
                    FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer left = data.duplicate();
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true); // after a power cut a name must not stand for zeros
            }
            AtomicFiles.move(part, file);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Deletes what others left, and the folders that were not used for longest as far as it takes. */
    private void makeRoom(long bytes) throws IOException {
        List<Path> others = new ArrayList<>();
        try (Stream<Path> beside = Files.list(folder.toAbsolutePath().getParent())) {
            beside.filter(other ->
                            Files.isDirectory(other) && !other.getFileName().equals(folder.getFileName()))
                    .forEach(others::add);
        }
        long total = size(folder) + bytes;
        Map<Path, Long> sizes = new LinkedHashMap<>();
        for (Path other : sortedByUse(others)) {
            sizes.put(other, size(other));
            total += sizes.getOrDefault(other, 0L);
        }
        for (Map.Entry<Path, Long> oldest : sizes.entrySet()) {
            if (total <= limits.most() && hasSpace(bytes)) {
                break;
            }
            total -= oldest.getValue();
            delete(oldest.getKey());
        }
        if (total > limits.most() || !hasSpace(bytes)) {
            throw new FileSystemException(
                    folder.toString(), null, "no room for " + NativeArena.megabytes(bytes) + " MB of packed weights");
        }
    }

    private boolean hasSpace(long bytes) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        return free <= 0 || bytes <= free * (1 - SPARE); // 0 or less where the file system does not tell
    }

    private static Collection<Path> sortedByUse(List<Path> folders) throws IOException {
        Map<Path, FileTime> used = new LinkedHashMap<>();
        for (Path each : folders) {
            used.put(each, Files.getLastModifiedTime(each));
        }
        return used.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The bytes of a folder's files; those of writers that ended in the middle are deleted. */
    private static long size(Path folder) throws IOException {
        long total = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!Files.exists(file)) {
                    continue; // it got its name meanwhile
                }
                boolean abandoned = file.getFileName().toString().endsWith(PART)
                        && Files.getLastModifiedTime(file)
                                .toInstant()
                                .isBefore(Instant.now().minus(ABANDONED));
                if (abandoned) {
                    Files.deleteIfExists(file);
                } else {
                    total += Files.size(file);
                }
            }
        }
        return total;
    }

    /** Deletes a folder of files. Sessions that have mapped them keep what they mapped. */
    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
