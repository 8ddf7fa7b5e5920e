package dev.llmadapt.local.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Writes small GGUF files, well-formed ones and, by its raw methods, others. */
final class GgufBuilder {
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    long entryCount;
    long tensorCount;
    int version = 3;

    /** The metadata of a one-layer Llama: hidden size 4, two heads of two, eight tokens. */
    static GgufBuilder llama() {
        return new GgufBuilder()
                .put("general.architecture", "llama")
                .put("llama.block_count", 1)
                .put("llama.context_length", 16)
                .put("llama.embedding_length", 4)
                .put("llama.feed_forward_length", 8)
                .put("llama.attention.head_count", 2)
                .put("llama.attention.head_count_kv", 1)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("llama.vocab_size", 8);
    }

    static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return little(8 + utf8.length).putLong(utf8.length).put(utf8).array();
    }

    static ByteBuffer little(int bytes) {
        return little(new byte[bytes]);
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    GgufBuilder raw(String key, int type, byte[] value) {
        entryCount++;
        entries.writeBytes(string(key));
        entries.writeBytes(little(4).putInt(type).array());
        entries.writeBytes(value);
        return this;
    }

    GgufBuilder put(String key, String value) {
        return raw(key, 8, string(value));
    }

    GgufBuilder put(String key, int value) {
        return raw(key, 4, little(4).putInt(value).array());
    }

    GgufBuilder put(String key, float value) {
        return raw(key, 6, little(4).putFloat(value).array());
    }

    GgufBuilder put(String key, boolean value) {
        return raw(key, 7, new byte[] {(byte) (value ? 1 : 0)});
    }

    GgufBuilder put(String key, List<String> values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(little(12).putInt(8).putLong(values.size()).array());
        values.forEach(value -> out.writeBytes(string(value)));
        return raw(key, 9, out.toByteArray());
    }

    GgufBuilder put(String key, int[] values) {
        byte[] bytes = new byte[12 + 4 * values.length];
        ByteBuffer out = little(bytes).putInt(5).putLong(values.length);
        for (int value : values) {
            out.putInt(value);
        }
        return raw(key, 9, bytes);
    }

    GgufBuilder put(String key, float[] values) {
        byte[] bytes = new byte[12 + 4 * values.length];
        ByteBuffer out = little(bytes).putInt(6).putLong(values.length);
        for (float value : values) {
            out.putFloat(value);
        }
        return raw(key, 9, bytes);
    }

    /** An entry of the tensor list as given. */
    GgufBuilder tensorInfo(String name, long[] dimensions, int type, long offset) {
        tensorCount++;
        byte[] bytes = new byte[4 + 8 * dimensions.length + 12];
        ByteBuffer out = little(bytes).putInt(dimensions.length);
        for (long dimension : dimensions) {
            out.putLong(dimension);
        }
        infos.writeBytes(string(name));
        out.putInt(type).putLong(offset);
        infos.writeBytes(bytes);
        return this;
    }

    /** A float32 tensor; {@code shape} in Hugging Face order. */
    GgufBuilder tensor(String name, long[] shape, float... values) {
        long[] dimensions = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            dimensions[i] = shape[shape.length - 1 - i];
        }
        tensorInfo(name, dimensions, 0, data.size());
        byte[] bytes = new byte[(4 * values.length + 31) / 32 * 32];
        ByteBuffer out = little(bytes);
        for (float value : values) {
            out.putFloat(value);
        }
        data.writeBytes(bytes);
        return this;
    }

    /** A tensor of stored bytes; {@code dimensions} in ggml's order. */
    GgufBuilder stored(String name, long[] dimensions, int type, byte[] bytes) {
        tensorInfo(name, dimensions, type, data.size());
        return data(Arrays.copyOf(bytes, (bytes.length + 31) / 32 * 32));
    }

    GgufBuilder data(byte[] bytes) {
        data.writeBytes(bytes);
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(little(20)
                .putInt(version)
                .putLong(tensorCount)
                .putLong(entryCount)
                .array());
        out.writeBytes(entries.toByteArray());
        out.writeBytes(infos.toByteArray());
        out.writeBytes(new byte[(32 - out.size() % 32) % 32]);
        out.writeBytes(data.toByteArray());
        return out.toByteArray();
    }

    Path write(Path folder) {
        try {
            Path file = folder.resolve("model.gguf");
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
