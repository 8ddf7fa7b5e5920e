package dev.llmadapt.local;

import dev.llmadapt.Request;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.architecture.CacheScales;
import dev.llmadapt.local.architecture.DecoderGraph;
import dev.llmadapt.local.architecture.HeadLayout;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.decoding.Texts;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a model's keys and values in 8 bits, which are measured on a text of several kinds the first time that
 * the model is opened with them, and then kept. Thread-safe.
 */
final class CacheSteps {
    private static final Logger LOG = LoggerFactory.getLogger(CacheSteps.class);
    private static final String TEXT = "calibration.txt";

    /** To be raised when the text, or what is measured on it, changes. */
    private static final int VERSION = 1;

    private static final int MOST_TOKENS = 1500;

    private final Optional<Path> folder;
    private volatile @Nullable CacheScales scales;

    /** Steps that are kept in a folder, or in none. */
    CacheSteps(Optional<Path> folder) {
        this.folder = folder;
    }

    /** Those of a model: in the folder {@code steps} of the cache folder, where its options let it keep something. */
    static CacheSteps of(ModelOptions options) {
        return new CacheSteps(
                options.keepPacked()
                        ? PackedFolders.ofProcess().map(packed -> packed.resolveSibling("steps"))
                        : Optional.empty());
    }

    /** Returns the steps, empty before they were measured. */
    Optional<CacheScales> known() {
        return Optional.ofNullable(scales);
    }

    /**
     * Reads the steps from the cache folder, or measures them.
     *
     * @param texts the model's tokenizer
     * @param graph makes the model's graph with keys and values in floats
     */
    void measure(Checkpoint files, Supplier<Texts> texts, Supplier<DecoderGraph> graph, Execution execution) {
        HeadLayout heads = HeadLayout.of(files.config());
        int count = 2 * files.config().layers() * files.config().keyValueHeads() * heads.width();
        String key = VERSION + "\n" + files.weightsId();
        Optional<Path> file = folder.map(each -> each.resolve(Sha256.of(key).substring(0, 32)));
        Optional<float[]> kept = file.flatMap(path -> read(path, count));
        if (kept.isPresent()) {
            scales = new CacheScales(
                    kept.get(), files.config().layers(), files.config().keyValueHeads(), heads.width());
            return;
        }
        DecoderGraph floats = graph.get();
        int[] all = texts.get().promptIds(Request.of(text()));
        int[] ids = Arrays.copyOf(all, Math.min(all.length, Math.min(MOST_TOKENS, floats.maxPositions() - 1)));
        scales = DecoderSession.scales(floats, ids, heads, execution);
        file.ifPresent(path -> write(path, known().orElseThrow().steps()));
    }

    /** The text that steps are measured on. */
    private static String text() {
        try (InputStream in = CacheSteps.class.getResourceAsStream(TEXT)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + TEXT);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + TEXT, e);
        }
    }

    /** Reads steps; none if the file is not there or is not what was written. */
    private static Optional<float[]> read(Path file, int count) {
        try {
            byte[] bytes = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
            float[] steps = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(steps);
            boolean whole = bytes.length == Float.BYTES * count;
            for (float step : steps) {
                whole &= step > 0 && step < Float.POSITIVE_INFINITY;
            }
            return whole ? Optional.of(steps) : Optional.empty();
        } catch (IOException e) {
            LOG.warn(
                    "the steps of keys and values in {} cannot be read and are measured again: {}", file, e.toString());
            return Optional.empty();
        }
    }

    private static void write(Path file, float[] steps) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * steps.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(steps);
        try {
            Files.createDirectories(file.getParent());
            AtomicFiles.write(file, bytes.array());
        } catch (IOException e) {
            LOG.warn(
                    "the steps of keys and values cannot be kept in {} and are measured each time: {}",
                    file,
                    e.toString());
        }
    }
}
