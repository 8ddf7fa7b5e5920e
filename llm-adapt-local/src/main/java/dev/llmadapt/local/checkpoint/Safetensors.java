package dev.llmadapt.local.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.memory.Transfer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: the length of a JSON object as 8 little-endian bytes, the object, then the data
 * (format: the README of huggingface/safetensors).
 */
public final class Safetensors {
    private static final int HEADER_LIMIT = 100_000_000; // the reference implementation's
    private static final int MAX_DIMENSIONS = 8;
    /** Bytes a value of the types that can be skipped but not read. */
    private static final Map<String, Integer> OTHER_TYPES = Map.ofEntries(
            Map.entry("F64", 8),
            Map.entry("I64", 8),
            Map.entry("U64", 8),
            Map.entry("C64", 8),
            Map.entry("I32", 4),
            Map.entry("U32", 4),
            Map.entry("I16", 2),
            Map.entry("U16", 2),
            Map.entry("I8", 1),
            Map.entry("U8", 1),
            Map.entry("BOOL", 1));

    private Safetensors() {}

    /**
     * Maps all tensors of one file, such as an adapter's, under the names they have in it.
     *
     * @throws CheckpointException when the file is missing or damaged, or a tensor's type is not supported
     */
    public static Map<String, WeightTensor> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException("no such file: " + file);
        }
        TensorTable table = new TensorTable();
        addTo(table, file);
        table.unsupported().forEach((name, type) -> {
            throw new CheckpointException(
                    "tensor " + name + " of " + file + " is stored as " + type + ", expected one of [F32, F16, BF16]");
        });
        return Collections.unmodifiableMap(table.tensors());
    }

    /** Adds the tensors of {@code file} to {@code table} and returns their names. */
    static List<String> addTo(TensorTable table, Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < 8) {
                throw damaged(file, "it has " + size + " bytes, its header's length alone takes 8");
            }
            long length = read(channel, 0, 8).getLong(0);
            if (length < 2 || length > HEADER_LIMIT || length > size - 8) {
                throw damaged(
                        file,
                        "its header claims " + Long.toUnsignedString(length) + " bytes of " + size
                                + "; if it is small, it may be a pointer left by Git LFS");
            }
            byte[] header = read(channel, 8, (int) length).array();
            List<TensorTable.Entry> entries = entries(file, header, 8 + length);
            table.add(file, channel, 8 + length, entries);
            return entries.stream().map(TensorTable.Entry::name).toList();
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        Transfer.read(channel, buffer, at);
        return buffer;
    }

    private static List<TensorTable.Entry> entries(Path file, byte[] header, long dataStart) {
        List<TensorTable.Entry> entries = new ArrayList<>();
        try (JsonReader json =
                new JsonReader(new InputStreamReader(new ByteArrayInputStream(header), StandardCharsets.UTF_8))) {
            json.setStrictness(Strictness.STRICT);
            json.beginObject();
            while (json.hasNext()) {
                String name = json.nextName();
                if (name.equals("__metadata__")) {
                    json.skipValue();
                } else {
                    entries.add(entry(file, name, json, dataStart));
                }
            }
            json.endObject();
            if (json.peek() != JsonToken.END_DOCUMENT) {
                throw damaged(file, "its header goes on after the object");
            }
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new CheckpointException(
                    "damaged safetensors file " + file + ": its header is not valid: " + e.getMessage(), e);
        }
        return entries;
    }

    private static TensorTable.Entry entry(Path file, String name, JsonReader json, long dataStart) throws IOException {
        String type = "";
        List<Long> shape = null;
        List<Long> offsets = List.of();
        json.beginObject();
        while (json.hasNext()) {
            switch (json.nextName()) {
                case "dtype" -> type = json.nextString();
                case "shape" -> shape = longs(json, MAX_DIMENSIONS);
                case "data_offsets" -> offsets = longs(json, 2);
                default -> json.skipValue();
            }
        }
        json.endObject();
        if (type.isEmpty() || shape == null || offsets.size() != 2) {
            throw damaged(file, "tensor " + name + " lacks one of dtype, shape and two data_offsets");
        }
        long begin = offsets.get(0);
        long end = offsets.get(1);
        if (begin < 0 || end < begin || begin > Long.MAX_VALUE - dataStart) {
            throw damaged(file, "tensor " + name + " has data_offsets " + offsets);
        }
        WeightEncoding encoding = WeightEncoding.ofSafetensorsType(type);
        Integer bytes = encoding != null ? (Integer) encoding.bytesPerBlock() : OTHER_TYPES.get(type);
        long expected = end - begin;
        try {
            if (bytes != null) {
                expected = bytes;
                for (long dimension : shape) {
                    if (dimension < 0) {
                        throw new ArithmeticException("negative");
                    }
                    expected = Math.multiplyExact(expected, dimension);
                }
            }
        } catch (ArithmeticException e) {
            throw damaged(file, "tensor " + name + " has an impossible shape " + shape);
        }
        if (expected != end - begin) {
            throw damaged(
                    file,
                    "tensor " + name + " of " + type + " " + shape + " takes " + expected + " bytes, its data_offsets "
                            + offsets + " span " + (end - begin));
        }
        return new TensorTable.Entry(name, type, encoding, shape, dataStart + begin, end - begin, 0);
    }

    private static List<Long> longs(JsonReader json, int limit) throws IOException {
        List<Long> values = new ArrayList<>();
        json.beginArray();
        while (json.hasNext()) {
            if (values.size() == limit) {
                throw new IllegalStateException("more than " + limit + " elements at " + json.getPath());
            }
            values.add(json.nextLong());
        }
        json.endArray();
        return values;
    }

    private static CheckpointException damaged(Path file, String what) {
        return new CheckpointException("damaged safetensors file " + file + ": " + what);
    }
}
