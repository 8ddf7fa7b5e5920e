package dev.llmadapt.local.graph;

import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.memory.MappedFile;
import dev.llmadapt.local.memory.NativeArena;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An initializer of a stored model: a tensor inside the file, or in a region of another file in the same folder.
 * Immutable.
 */
public final class StoredTensor {
    /**
     * The bytes below which a tensor stands in the model itself, since the engine wants to see shapes while it plans.
     */
    private static final int INLINE = 1024;

    private final String name;
    private final int onnxType;
    private final List<Long> dims;
    private final ByteBuffer raw; // the whole message, as stored
    private final @Nullable ByteBuffer content; // its data if they stand in the file as plain bytes
    private final @Nullable Region region; // else where they are, if in another file
    private final List<ByteBuffer> rest; // fields that are kept when the data move

    private record Region(Path file, long offset, long length) {}

    private StoredTensor(
            String name,
            int onnxType,
            List<Long> dims,
            ByteBuffer raw,
            @Nullable ByteBuffer content,
            @Nullable Region region,
            List<ByteBuffer> rest) {
        this.name = name;
        this.onnxType = onnxType;
        this.dims = dims;
        this.raw = raw;
        this.content = content;
        this.region = region;
        this.rest = rest;
    }

    static StoredTensor read(ProtobufReader proto, ByteBuffer whole, Path folder) {
        String name = "";
        int onnxType = 0;
        List<Long> dims = new ArrayList<>();
        ByteBuffer content = null;
        Map<String, String> external = new HashMap<>();
        boolean outside = false;
        List<ByteBuffer> rest = new ArrayList<>();
        while (proto.next()) {
            switch (proto.number()) {
                case 1 -> proto.integers(dims::add);
                case 2 -> onnxType = proto.smallInteger();
                case 8 -> name = proto.text();
                case 9 -> content = proto.bytes();
                case 13 -> entry(proto.message(), external);
                case 14 -> outside = proto.integer() == 1;
                default -> rest.add(proto.raw());
            }
        }
        for (long dim : dims) {
            if (dim < 0) {
                throw proto.wrong("tensor " + name + " has the shape " + dims);
            }
        }
        ElementType type = type(onnxType);
        long bytes = type == null ? -1 : bytes(proto, name, dims, type);
        Region region = null;
        if (outside) {
            if (type == null) {
                throw proto.wrong("tensor " + name + " is stored outside as type " + onnxType
                        + ", which is not supported; supported: " + List.of(ElementType.values()));
            }
            region = region(proto, name, bytes, external, folder);
            content = null;
        } else if (content != null && type != null && content.remaining() != bytes) {
            throw proto.wrong("tensor " + name + " of shape " + dims + " has " + content.remaining()
                    + " bytes, expected " + bytes);
        }
        return new StoredTensor(name, onnxType, List.copyOf(dims), whole, content, region, rest);
    }

    private static void entry(ProtobufReader proto, Map<String, String> external) {
        String key = "";
        String value = "";
        while (proto.next()) {
            if (proto.number() == 1) {
                key = proto.text();
            } else if (proto.number() == 2) {
                value = proto.text();
            }
        }
        external.put(key, value);
    }

    private static long bytes(ProtobufReader proto, String name, List<Long> dims, ElementType type) {
        try {
            long product = type.bytes();
            for (long dim : dims) {
                product = Math.multiplyExact(product, dim);
            }
            return product;
        } catch (ArithmeticException e) {
            throw proto.wrong("tensor " + name + " has the shape " + dims);
        }
    }

    /** Resolves a path inside the folder only; links in it are followed, since a Hugging Face cache is made of them. */
    private static Region region(
            ProtobufReader proto, String name, long bytes, Map<String, String> external, Path folder) {
        String location = external.getOrDefault("location", "");
        Path file;
        try {
            Path relative = Path.of(location.replace('\\', '/'));
            file = folder.resolve(relative).normalize();
            if (location.isEmpty()
                    || relative.isAbsolute()
                    || !file.startsWith(folder.normalize())
                    || file.equals(folder.normalize())) {
                throw proto.wrong("tensor " + name + " is stored in '" + location
                        + "', expected a file in the folder of the model");
            }
        } catch (InvalidPathException e) {
            throw proto.wrong("tensor " + name + " is stored in '" + location + "', which is no path");
        }
        long offset = number(proto, name, external.getOrDefault("offset", "0"));
        long length = number(proto, name, external.getOrDefault("length", Long.toString(bytes)));
        if (length != bytes) {
            throw proto.wrong("tensor " + name + " has " + length + " bytes, expected " + bytes);
        }
        if (length > Integer.MAX_VALUE) {
            throw proto.wrong(
                    "tensor " + name + " has " + length + " bytes, at most " + Integer.MAX_VALUE + " are supported");
        }
        long size;
        try {
            if (!Files.isRegularFile(file)) {
                throw proto.wrong(
                        "tensor " + name + " is stored in " + file + ", which is missing; copy it beside the model");
            }
            size = Files.size(file);
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
        }
        if (offset > size || length > size - offset) {
            throw proto.wrong("tensor " + name + " is stored in bytes " + offset + " to " + offset + " + " + length
                    + " of " + file + ", which has " + size + " bytes; the file is incomplete or not this model's");
        }
        return new Region(file, offset, length);
    }

    private static long number(ProtobufReader proto, String name, String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw proto.wrong("tensor " + name + " has '" + text + "' as offset or length");
        }
        return Long.parseLong(text);
    }

    private static @Nullable ElementType type(int onnx) {
        return Stream.of(ElementType.values())
                .filter(type -> type.onnx() == onnx)
                .findFirst()
                .orElse(null);
    }

    /** Its name, that of the value in the graph. */
    public String name() {
        return name;
    }

    /** Its dimensions. */
    public Shape shape() {
        return Shape.of(dims.toArray());
    }

    /** Whether its elements are 32-bit floats. */
    public boolean isFloat() {
        return onnxType == ElementType.FLOAT.onnx();
    }

    /**
     * Writes the tensor; large data are left out of the model and added to the weights.
     *
     * @param mapping of the file in which the tensor stands, or null if it was read from memory
     */
    void write(Protobuf proto, List<ExternalWeight> weights, @Nullable MappedFile mapping) {
        ElementType type = type(onnxType);
        ByteBuffer inside = content;
        Region outside = region;
        if (outside != null && type != null && outside.length <= INLINE) {
            ByteBuffer numbers = map(outside).bytes();
            proto.message(5, tensor -> head(tensor).bytes(9, array(numbers)));
        } else if (outside != null && type != null) {
            weights.add(new ExternalWeight(name, type, shape(), memory -> bytes(memory, map(outside))));
            proto.message(5, tensor -> OnnxModel.outside(head(tensor), OnnxModel.HANDED_OVER, outside.length));
        } else if (inside != null && type != null && inside.remaining() > INLINE) {
            weights.add(new ExternalWeight(name, type, shape(), memory -> {
                if (mapping != null) {
                    memory.add(mapping);
                }
                return inside.duplicate().order(ByteOrder.nativeOrder());
            }));
            proto.message(5, tensor -> OnnxModel.outside(head(tensor), OnnxModel.HANDED_OVER, inside.remaining()));
        } else {
            proto.raw(raw);
        }
    }

    private Protobuf head(Protobuf tensor) {
        dims.forEach(dim -> tensor.integer(1, dim));
        tensor.integer(2, onnxType);
        tensor.text(8, name);
        rest.forEach(tensor::raw);
        return tensor;
    }

    private static ByteBuffer bytes(NativeArena memory, MappedFile mapping) {
        memory.add(mapping);
        return mapping.bytes().order(ByteOrder.nativeOrder());
    }

    private MappedFile map(Region where) {
        try (FileChannel channel = FileChannel.open(where.file)) {
            if (channel.size() < where.offset + where.length) { // a mapping past the end would be a crash
                throw new CheckpointException(where.file + " was cut while the model was opened");
            }
            return MappedFile.map(channel, where.offset, where.length);
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + where.file + ": " + e.getMessage(), e);
        }
    }

    private static byte[] array(ByteBuffer numbers) {
        byte[] bytes = new byte[numbers.remaining()];
        numbers.get(bytes);
        return bytes;
    }
}
