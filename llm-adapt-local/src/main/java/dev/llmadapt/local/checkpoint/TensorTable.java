package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.memory.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a checkpoint while it is opened: checks what a file's header claims against the file, then maps.
 * Tensors that follow each other share a mapping (of at most 1 GiB unless one tensor is larger), so that a file of a
 * hundred thousand tensors does not exhaust the process's mappings.
 */
final class TensorTable {
    private static final long WINDOW = 1L << 30;

    private final Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> unsupported = new LinkedHashMap<>();
    private final List<MappedFile> mappings = new ArrayList<>();

    /**
     * A tensor as a header lists it.
     *
     * @param name its key in the table
     * @param type its type in the words of the file
     * @param encoding null when the type is not supported
     * @param offset of its first byte in the file
     * @param length bytes, 0 when the type is not supported and its size therefore not known
     * @param rotaryHeadDim see {@link WeightTensor#rotaryHeadDim()}
     */
    record Entry(
            String name,
            String type,
            @Nullable WeightEncoding encoding,
            List<Long> shape,
            long offset,
            long length,
            int rotaryHeadDim) {
        long end() {
            return offset + length;
        }
    }

    /** Tensors by name. */
    Map<String, WeightTensor> tensors() {
        return tensors;
    }

    /** Type by name of the tensors that cannot be read. */
    Map<String, String> unsupported() {
        return unsupported;
    }

    /** The mappings in which the tensors lie. */
    List<MappedFile> mappings() {
        return mappings;
    }

    /** Adds a mapping of the checkpoint that holds no tensors. */
    void add(MappedFile mapping) {
        mappings.add(mapping);
    }

    /** Gives each tensor the name that a rule makes of its own. */
    void rename(UnaryOperator<String> rule) {
        Map<String, WeightTensor> stored = new LinkedHashMap<>(tensors);
        tensors.clear();
        stored.forEach((name, tensor) -> {
            String other = rule.apply(name);
            if (tensors.put(other, other.equals(name) ? tensor : tensor.named(other)) != null) {
                throw new CheckpointException("tensor " + other + " stands twice, once as " + name);
            }
        });
        Map<String, String> types = new LinkedHashMap<>(unsupported);
        unsupported.clear();
        types.forEach((name, type) -> unsupported.put(rule.apply(name), type));
    }

    /** Checks and maps the tensors of one file; {@code dataStart} is where its header ends. */
    void add(Path file, FileChannel channel, long dataStart, List<Entry> entries) throws IOException {
        long size = channel.size();
        for (Entry entry : entries) {
            if (entry.offset < dataStart || entry.length < 0 || entry.length > size - entry.offset) {
                throw new CheckpointException("tensor " + entry.name + " of " + file + " claims " + entry.length
                        + " bytes at " + entry.offset + ", outside the data from " + dataStart + " to " + size
                        + "; the file is damaged or was not downloaded completely");
            }
            if (entry.length > Integer.MAX_VALUE) {
                throw new CheckpointException("tensor " + entry.name + " of " + file + " has " + entry.length
                        + " bytes; tensors of 2 GiB and more are not supported");
            }
            if (tensors.containsKey(entry.name) || unsupported.containsKey(entry.name)) {
                throw new CheckpointException("tensor " + entry.name + " stands twice in " + file
                        + " or in another file of the same checkpoint");
            }
            if (entry.encoding == null) {
                unsupported.put(entry.name, entry.type);
            } else {
                tensors.put(entry.name, PENDING);
            }
        }
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.removeIf(entry -> entry.encoding == null);
        sorted.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::end));
        for (int from = 0; from < sorted.size(); ) {
            int to = from + 1;
            long start = sorted.get(from).offset;
            while (to < sorted.size() && sorted.get(to).end() - start <= WINDOW) {
                to++;
            }
            map(file, channel, sorted, from, to);
            from = to;
        }
    }

    private void map(Path file, FileChannel channel, List<Entry> sorted, int from, int to) throws IOException {
        long start = sorted.get(from).offset;
        long end = start;
        for (Entry entry : sorted.subList(from, to)) {
            if (entry.offset < end) {
                throw overlap(file, entry);
            }
            end = entry.end();
        }
        if (to < sorted.size() && sorted.get(to).offset < end) {
            throw overlap(file, sorted.get(to));
        }
        ByteBuffer window = ByteBuffer.allocate(0);
        if (end != start) {
            MappedFile mapping = MappedFile.map(channel, start, end - start);
            add(mapping);
            window = mapping.bytes();
        }
        for (Entry entry : sorted.subList(from, to)) {
            ByteBuffer data = window.slice((int) (entry.offset - start), (int) entry.length);
            try {
                tensors.put(entry.name, tensor(entry, data));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new CheckpointException("tensor " + entry.name + " of " + file + ": " + e.getMessage(), e);
            }
        }
    }

    @SuppressWarnings("NullAway") // entries without an encoding were removed
    private static WeightTensor tensor(Entry entry, ByteBuffer data) {
        return new WeightTensor(entry.name, entry.encoding, entry.shape, data, entry.rotaryHeadDim);
    }

    private static CheckpointException overlap(Path file, Entry entry) {
        return new CheckpointException("tensor " + entry.name + " of " + file + " at " + entry.offset
                + " overlaps the tensor before it; the file is damaged");
    }

    /** Keeps a name's place in file order until it is mapped. */
    private static final WeightTensor PENDING =
            new WeightTensor("", WeightEncoding.F32, List.of(0L), ByteBuffer.allocate(0), 0);
}
