package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.memory.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The container of a GGUF file, versions 2 and 3, little-endian: metadata and the list of tensors (format:
 * {@code docs/gguf.md} of ggml). The head of the file is mapped and walked once; arrays stay in the mapping until asked
 * for.
 */
final class Gguf {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final long HEAD_LIMIT = 1 << 30;
    private static final int MAX_DIMENSIONS = 4;

    private static final int TYPE_STRING = 8;
    private static final int TYPE_ARRAY = 9;
    /** Bytes of a value by type number; 0 where it varies. */
    private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /** A tensor as listed: dimensions in ggml's order (fastest first), offset from the start of the data. */
    record Tensor(String name, List<Long> dimensions, int type, long offset) {}

    private final Path file;
    private final MappedFile mapping;
    private final ByteBuffer head;
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final long dataStart;
    private int position;

    /** Reads the head of {@code file}. */
    static Gguf read(Path file, FileChannel channel) throws IOException {
        return new Gguf(file, MappedFile.map(channel, 0, Math.min(channel.size(), HEAD_LIMIT)));
    }

    private Gguf(Path file, MappedFile mapping) {
        this.file = file;
        this.mapping = mapping;
        this.head = mapping.bytes().order(ByteOrder.LITTLE_ENDIAN);
        if (head.capacity() < 24 || readInt("magic") != MAGIC) {
            throw new CheckpointException(file + " is not a GGUF file: it does not begin with GGUF");
        }
        int version = readInt("version");
        if (version != 2 && version != 3) {
            throw new CheckpointException(file + " is GGUF version " + Integer.toUnsignedString(version)
                    + ((version & 0xffff) == 0 ? " or big-endian" : "") + "; supported: little-endian 2 and 3");
        }
        int tensorCount = readCount("tensor count", 24);
        int entryCount = readCount("metadata count", 13);
        for (int i = 0; i < entryCount; i++) {
            String key = readString("a metadata key");
            if (metadata.put(key, readValue(key, readInt(key))) != null) {
                throw damaged("metadata " + key + " stands twice");
            }
        }
        for (int i = 0; i < tensorCount; i++) {
            tensors.add(readTensor());
        }
        Object declared = metadata.getOrDefault("general.alignment", 32L);
        long alignment = declared instanceof Long value ? value : 0;
        if (alignment < 1 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
            throw damaged("general.alignment must be a power of two up to 1048576, got " + declared);
        }
        dataStart = (position + alignment - 1) / alignment * alignment;
        for (Tensor tensor : tensors) {
            if (tensor.offset % alignment != 0) {
                throw damaged("tensor " + tensor.name + " at offset " + tensor.offset
                        + ", not a multiple of the alignment " + alignment);
            }
        }
    }

    Path file() {
        return file;
    }

    /** The mapping of the head. */
    MappedFile mapping() {
        return mapping;
    }

    /**
     * Metadata by key: {@link Boolean}, {@link Long} (all integer types; an unsigned 64-bit value above
     * {@code Long.MAX_VALUE} is negative), {@link Double}, {@link String}, {@link Strings} or {@link Numbers}.
     */
    Map<String, Object> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    List<Tensor> tensors() {
        return Collections.unmodifiableList(tensors);
    }

    /** Where in the file the offsets of tensors count from. */
    long dataStart() {
        return dataStart;
    }

    private Tensor readTensor() {
        String name = readString("a tensor name");
        int dimensions = readInt("the dimensions of " + name);
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw damaged("tensor " + name + " has " + Integer.toUnsignedString(dimensions) + " dimensions, at most "
                    + MAX_DIMENSIONS + " are possible");
        }
        Long[] shape = new Long[dimensions];
        for (int i = 0; i < dimensions; i++) {
            shape[i] = readLong("the shape of " + name);
            if (shape[i] < 0) {
                throw damaged("tensor " + name + " has a dimension of " + Long.toUnsignedString(shape[i]));
            }
        }
        int type = readInt("the type of " + name);
        long offset = readLong("the offset of " + name);
        if (offset < 0) {
            throw damaged("tensor " + name + " has offset " + Long.toUnsignedString(offset));
        }
        return new Tensor(name, Arrays.asList(shape), type, offset);
    }

    private Object readValue(String key, int type) {
        return switch (type) {
            case TYPE_STRING -> readString(key);
            case TYPE_ARRAY -> readArray(key);
            default -> {
                if (type < 0 || type >= VALUE_BYTES.length) {
                    throw damaged("metadata " + key + " has unknown type " + Integer.toUnsignedString(type));
                }
                yield number(type, take(VALUE_BYTES[type], key));
            }
        };
    }

    private Object readArray(String key) {
        int type = readInt(key);
        if (type < 0 || type >= VALUE_BYTES.length || type == TYPE_ARRAY) {
            throw damaged("metadata " + key + " is an array of "
                    + (type == TYPE_ARRAY ? "arrays" : "unknown type " + Integer.toUnsignedString(type)));
        }
        if (type != TYPE_STRING) {
            int count = readCount(key, VALUE_BYTES[type]);
            return new Numbers(type, count, take(count * VALUE_BYTES[type], key));
        }
        int count = readCount(key, 8);
        int[] starts = new int[count];
        for (int i = 0; i < count; i++) {
            starts[i] = position;
            take(readCount(key, 1), key);
        }
        return new Strings(starts);
    }

    private String readString(String what) {
        int length = readCount(what, 1);
        return string(take(length, what), length);
    }

    /** A count of things of at least {@code bytesEach} bytes, which must fit what is left of the head. */
    private int readCount(String what, int bytesEach) {
        long count = readLong(what);
        if (count < 0 || count > (head.capacity() - position) / bytesEach) {
            throw damaged(what + " claims " + Long.toUnsignedString(count) + " elements, but only "
                    + (head.capacity() - position) + " bytes follow");
        }
        return (int) count;
    }

    private int readInt(String what) {
        return head.getInt(take(4, what));
    }

    private long readLong(String what) {
        return head.getLong(take(8, what));
    }

    /** Moves over {@code bytes} bytes and returns where they begin. */
    private int take(int bytes, String what) {
        int at = position;
        if (bytes > head.capacity() - at) {
            throw damaged("the file ends within " + what);
        }
        position = at + bytes;
        return at;
    }

    private String string(int at, int length) {
        byte[] bytes = new byte[length];
        head.get(at, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Object number(int type, int at) {
        return switch (type) {
            case 0 -> (long) (head.get(at) & 0xff);
            case 1 -> (long) head.get(at);
            case 2 -> (long) (head.getShort(at) & 0xffff);
            case 3 -> (long) head.getShort(at);
            case 4 -> head.getInt(at) & 0xffffffffL;
            case 5 -> (long) head.getInt(at);
            // The shortest decimal of the float: 1e-5 is meant where 9.99999974e-6 is stored.
            case 6 -> Double.parseDouble(Float.toString(head.getFloat(at)));
            case 7 -> head.get(at) != 0;
            case 10, 11 -> head.getLong(at);
            default -> head.getDouble(at);
        };
    }

    private CheckpointException damaged(String what) {
        return new CheckpointException("damaged GGUF file " + file + ": " + what);
    }

    /** An array of strings in the mapping. */
    final class Strings {
        private final int[] starts;

        private Strings(int[] starts) {
            this.starts = starts;
        }

        int size() {
            return starts.length;
        }

        int byteLength(int index) {
            return (int) head.getLong(starts[index]);
        }

        String get(int index) {
            return string(starts[index] + 8, byteLength(index));
        }
    }

    /** An array of numbers or booleans in the mapping. */
    final class Numbers {
        private final int type;
        private final int count;
        private final int start;

        private Numbers(int type, int count, int start) {
            this.type = type;
            this.count = count;
            this.start = start;
        }

        int size() {
            return count;
        }

        /** As {@link #metadata()} gives scalars. */
        Object get(int index) {
            return number(type, start + index * VALUE_BYTES[type]);
        }

        /** The one value that all elements have, if they have one. */
        Optional<Object> same() {
            for (int i = 1; i < count; i++) {
                if (!get(i).equals(get(0))) {
                    return Optional.empty();
                }
            }
            return count == 0 ? Optional.empty() : Optional.of(get(0));
        }
    }
}
