package dev.llmadapt.local.checkpoint;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.llmadapt.local.TestResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;

/** The files tests read, and small ones they write. */
public final class TestFiles {
    private static final String DEFAULT_MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf";

    private TestFiles() {}

    public static Path resource(String name) {
        return TestResources.path(TestFiles.class, name);
    }

    /** A file of {@code shared/data}; skips the test where there is none. */
    public static Path shared(String name) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path file = folder.resolve("shared/data").resolve(name);
            if (Files.exists(file)) {
                return file;
            }
        }
        assumeTrue(false, "needs shared/data/" + name + " beside the checkout");
        throw new AssertionError();
    }

    /** The default model; skips the test where it has not been fetched. */
    public static Path defaultModel() {
        String given = System.getProperty("llmadapt.test.gguf", System.getenv("LLM_ADAPT_TEST_GGUF"));
        Optional<Path> model = given != null ? Optional.of(Path.of(given)) : cachedModel();
        assumeTrue(
                model.isPresent() && Files.isRegularFile(model.get()),
                "needs " + DEFAULT_MODEL + " in ~/.cache/llm-adapt/models, or its path in -Dllmadapt.test.gguf or "
                        + "LLM_ADAPT_TEST_GGUF");
        return model.get();
    }

    private static Optional<Path> cachedModel() {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "llm-adapt", "models");
        if (!Files.isDirectory(cache)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(cache)) {
            return files.filter(file -> file.endsWith(DEFAULT_MODEL)).sorted().findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path folder, String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Header and data as a safetensors file has them. */
    static byte[] safetensors(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return GgufBuilder.little(8 + json.length + dataBytes)
                .putLong(json.length)
                .put(json)
                .array();
    }

    static Path writeSafetensors(Path folder, String name, String header, int dataBytes) {
        try {
            return Files.write(folder.resolve(name), safetensors(header, dataBytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Float32 values written as big-endian hexadecimal bits. */
    static float[] floats(String hex) {
        ByteBuffer bits = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        float[] values = new float[bits.capacity() / 4];
        bits.asFloatBuffer().get(values);
        return values;
    }

    /** {@code config.json} of a one-layer Llama: hidden size 4, two heads of two, eight tokens. */
    static String config(String... extraFields) {
        StringBuilder json = new StringBuilder("{\"model_type\":\"llama\",\"hidden_size\":4,\"intermediate_size\":8,"
                + "\"num_hidden_layers\":1,\"num_attention_heads\":2,\"vocab_size\":8,\"max_position_embeddings\":16");
        for (String field : extraFields) {
            json.append(',').append(field);
        }
        return json.append('}').toString();
    }

    /** Heap this thread has allocated so far. By reflection: the module under test does not read jdk.management. */
    public static long allocatedBytes() {
        try {
            Object threads = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            return (long) Class.forName("com.sun.management.ThreadMXBean")
                    .getMethod("getCurrentThreadAllocatedBytes")
                    .invoke(threads);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
