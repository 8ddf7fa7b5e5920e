package dev.llmadapt.peft.merge;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.Progress;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.memory.Transfer;
import dev.llmadapt.peft.folder.FloatBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a model's weights as {@code save_pretrained} does: {@code model.safetensors}, or several files and an index.
 * Rows are made as they are written, so no more than one of them is in memory.
 */
final class ShardWriter {
    private static final int BUFFER = 1 << 20;

    private ShardWriter() {}

    /** Makes the rows of a tensor. */
    @FunctionalInterface
    interface Rows {
        /** Fills {@code target}, which has a row's length. */
        void read(int row, float[] target);
    }

    /**
     * A tensor to write.
     *
     * @param shape of one or two dimensions; a vector is one row
     * @param rows its numbers
     * @param stored its bytes where they are already as they shall be, else empty
     */
    record Tensor(String name, WeightEncoding encoding, List<Long> shape, Rows rows, List<ByteBuffer> stored) {
        int rowCount() {
            return shape.size() < 2 ? 1 : Math.toIntExact(shape.get(0));
        }

        int rowLength() {
            return shape.isEmpty() ? 1 : Math.toIntExact(shape.get(shape.size() - 1));
        }

        long bytes() {
            return encoding.bytes((long) rowCount() * rowLength());
        }
    }

    /** Writes them in their order. */
    static void write(Path folder, List<Tensor> tensors, long maxBytes, Progress progress) throws IOException {
        List<List<Tensor>> shards = new ArrayList<>();
        long size = 0;
        long total = 0;
        for (Tensor tensor : tensors) {
            if (shards.isEmpty() || (size + tensor.bytes() > maxBytes && size > 0)) {
                shards.add(new ArrayList<>());
                size = 0;
            }
            shards.get(shards.size() - 1).add(tensor);
            size += tensor.bytes();
            total += tensor.bytes();
        }
        JsonObject places = new JsonObject();
        long done = 0;
        for (int i = 0; i < shards.size(); i++) {
            String name = shards.size() == 1
                    ? "model.safetensors"
                    : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
            shards.get(i).forEach(tensor -> places.addProperty(tensor.name(), name));
            done = writeShard(folder.resolve(name), shards.get(i), done, total, progress);
        }
        if (shards.size() > 1) {
            JsonObject metadata = new JsonObject();
            metadata.addProperty("total_size", total);
            JsonObject index = new JsonObject();
            index.add("metadata", metadata);
            index.add("weight_map", places);
            Files.writeString(
                    folder.resolve("model.safetensors.index.json"),
                    new GsonBuilder()
                                    .setPrettyPrinting()
                                    .disableHtmlEscaping()
                                    .create()
                                    .toJson(index)
                            + "\n");
        }
    }

    private static long writeShard(Path file, List<Tensor> tensors, long doneBefore, long total, Progress progress)
            throws IOException {
        long done = doneBefore;
        try (NativeArena memory = new NativeArena();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = memory.zeros(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
            Transfer.write(channel, header(tensors));
            for (Tensor tensor : tensors) {
                for (ByteBuffer bytes : tensor.stored()) {
                    Transfer.write(channel, bytes.duplicate());
                }
                if (tensor.stored().isEmpty()) {
                    writeRows(channel, tensor, buffer);
                }
                done += tensor.bytes();
                progress.report("merge", done, total);
            }
        }
        return done;
    }

    private static void writeRows(FileChannel channel, Tensor tensor, ByteBuffer shared) throws IOException {
        float[] row = new float[tensor.rowLength()];
        int rowBytes = Math.toIntExact(tensor.encoding().bytes(row.length));
        ByteBuffer buffer = rowBytes <= shared.capacity()
                ? shared
                : ByteBuffer.allocate(rowBytes).order(ByteOrder.LITTLE_ENDIAN);
        buffer.clear();
        for (int i = 0; i < tensor.rowCount(); i++) {
            tensor.rows().read(i, row);
            if (buffer.remaining() < rowBytes) {
                Transfer.write(channel, buffer.flip());
                buffer.clear();
            }
            FloatBytes.put(row, row.length, tensor.encoding(), buffer, tensor.name());
        }
        Transfer.write(channel, buffer.flip());
    }

    /** The length of the header and the header, which ends at a multiple of 8. */
    private static ByteBuffer header(List<Tensor> tensors) {
        JsonObject header = new JsonObject();
        JsonObject metadata = new JsonObject();
        metadata.addProperty("format", "pt"); // transformers refuses files that do not say so
        header.add("__metadata__", metadata);
        long offset = 0;
        for (Tensor tensor : tensors) {
            JsonArray shape = new JsonArray();
            tensor.shape().forEach(shape::add);
            JsonArray offsets = new JsonArray();
            offsets.add(offset);
            offset += tensor.bytes();
            offsets.add(offset);
            JsonObject entry = new JsonObject();
            entry.addProperty("dtype", tensor.encoding().name());
            entry.add("shape", shape);
            entry.add("data_offsets", offsets);
            header.add(tensor.name(), entry);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int length = (json.length + 7) / 8 * 8;
        ByteBuffer buffer = ByteBuffer.allocate(8 + length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(length).put(json);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }
}
