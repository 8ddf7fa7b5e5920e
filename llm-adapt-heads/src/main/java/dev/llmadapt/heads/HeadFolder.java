package dev.llmadapt.heads;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a stored head: {@code head.json}, written last, with labels, settings, origin and the hashes of the
 * others; {@code head.bin}, little-endian: for words the inverse document frequencies, for hidden states factors and
 * offsets, as doubles, then the weights, label by label, and the biases as floats; and for words
 * {@code vocabulary.txt}, a term a line, words before runs of characters.
 */
final class HeadFolder {
    static final String FORMAT = "llm-adapt-head";
    static final int VERSION = 1;
    static final String JSON = "head.json";
    static final String NUMBERS = "head.bin";
    static final String VOCABULARY = "vocabulary.txt";
    static final String WORDS = "words";
    static final String EMBEDDINGS = "embeddings";
    static final String STATES = "features";
    static final String LEFT_OUT = "labels_left_out";
    static final String SEVERAL = "several_labels";
    static final long MAX_BYTES = Integer.MAX_VALUE - 8;

    private HeadFolder() {}

    /** Writes a head into a folder, which is made if there is none; a head that is there is replaced. */
    static void save(Head<?> head, HeadOrigin origin, Path folder) {
        save(head, origin, folder, new JsonObject());
    }

    /** Writes a head of several labels. */
    static void save(MultiLabelModel.Learned<?> learned, HeadOrigin origin, Path folder) {
        save(learned.head(), origin, folder, StoredLabelSets.describe(learned));
    }

    static JsonArray texts(List<String> values) {
        JsonArray texts = new JsonArray();
        values.forEach(texts::add);
        return texts;
    }

    private static void save(Head<?> head, HeadOrigin origin, Path folder, JsonObject several) {
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(folder.resolve(JSON)); // without it the folder has no head, old or new
            JsonObject hashes = new JsonObject();
            JsonObject json = new JsonObject();
            json.addProperty("format", FORMAT);
            json.addProperty("version", VERSION);
            double[] before = {};
            if (head.projection() instanceof WordFeatures.Vocabulary vocabulary) {
                json.addProperty("features", WORDS);
                json.addProperty("words", vocabulary.words().size());
                json.addProperty("characters", vocabulary.characters().size());
                before = vocabulary.idf();
                List<String> terms = new ArrayList<>(vocabulary.words());
                terms.addAll(vocabulary.characters());
                terms.add("");
                write(folder, VOCABULARY, String.join("\n", terms).getBytes(StandardCharsets.UTF_8), hashes);
            } else if (head.features() instanceof EmbeddingFeatures features) {
                json.addProperty("features", EMBEDDINGS);
                JsonObject embedder = new JsonObject();
                embedder.addProperty("name", features.embedder().name());
                embedder.addProperty("dimension", features.embedder().dimension());
                json.add("embedder", embedder);
                Files.deleteIfExists(folder.resolve(VOCABULARY));
            } else if (head.features() instanceof StateFeatures features
                    && head.projection() instanceof Standardized projection) {
                json.addProperty("features", STATES);
                StoredStates.describe(json, features);
                before = StoredStates.numbers(projection);
                Files.deleteIfExists(folder.resolve(VOCABULARY));
            } else {
                throw new IllegalStateException("a head on " + head.features().name() + " has no form to be stored in");
            }
            write(folder, NUMBERS, numbers(head.classifier(), before), hashes);
            describe(json, head, origin);
            if (several.size() > 0) {
                json.add(SEVERAL, several);
            }
            json.add("sha256", hashes);
            AtomicFiles.write(
                    folder.resolve(JSON),
                    new GsonBuilder()
                                    .setPrettyPrinting()
                                    .disableHtmlEscaping()
                                    .create()
                                    .toJson(json) + "\n");
        } catch (IOException e) {
            throw new LlmAdaptException("the head cannot be saved in " + folder + ": " + e, e);
        }
    }

    private static void write(Path folder, String name, byte[] bytes, JsonObject hashes) throws IOException {
        AtomicFiles.write(folder.resolve(name), bytes);
        hashes.addProperty(name, Sha256.of(bytes));
    }

    private static byte[] numbers(LinearClassifier classifier, double[] before) {
        long size = size(classifier.bias().length, classifier.weights()[0].length, before.length);
        if (size > MAX_BYTES) {
            throw new LlmAdaptException("a head of " + size + " bytes is too large to be saved");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : before) {
            bytes.putDouble(value);
        }
        for (float[] weights : classifier.weights()) {
            for (float value : weights) {
                bytes.putFloat(value);
            }
        }
        for (float value : classifier.bias()) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    /** The size of {@code head.bin}. */
    static long size(int labels, int dimension, int before) {
        return 8L * before + 4L * labels * (dimension + 1L);
    }

    private static void describe(JsonObject json, Head<?> head, HeadOrigin origin) {
        json.add("labels", texts(head.labels()));
        if (!head.leftOut().isEmpty()) {
            json.add(LEFT_OUT, texts(head.leftOut()));
        }
        json.addProperty("regularization", head.regularization());
        json.addProperty("scale", head.calibration().scale());
        json.addProperty("calibrated", head.calibration().fitted());
        JsonArray trials = new JsonArray();
        for (CrossValidation.Trial trial : head.trials().trials()) {
            JsonObject one = new JsonObject();
            one.addProperty("regularization", trial.regularization());
            one.addProperty("accuracy", trial.accuracy());
            one.addProperty("log_loss", trial.logLoss());
            trials.add(one);
        }
        json.add("cross_validation", trials);
        JsonObject from = new JsonObject();
        from.addProperty("task", origin.task());
        from.addProperty("examples", origin.examples());
        from.addProperty("data_sha256", origin.dataSha256());
        JsonArray values = new JsonArray();
        origin.options().regularization().forEach(values::add);
        from.add("regularization", values);
        from.addProperty("folds", origin.options().folds());
        from.addProperty("seed", origin.options().seed());
        if (origin.options().leavesOut()) {
            from.addProperty("leaves_out", true);
        }
        json.add("origin", from);
    }
}
