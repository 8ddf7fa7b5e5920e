package dev.llmadapt.heads;

import static dev.llmadapt.heads.HeadFolder.EMBEDDINGS;
import static dev.llmadapt.heads.HeadFolder.FORMAT;
import static dev.llmadapt.heads.HeadFolder.JSON;
import static dev.llmadapt.heads.HeadFolder.LEFT_OUT;
import static dev.llmadapt.heads.HeadFolder.MAX_BYTES;
import static dev.llmadapt.heads.HeadFolder.NUMBERS;
import static dev.llmadapt.heads.HeadFolder.SEVERAL;
import static dev.llmadapt.heads.HeadFolder.STATES;
import static dev.llmadapt.heads.HeadFolder.VERSION;
import static dev.llmadapt.heads.HeadFolder.VOCABULARY;
import static dev.llmadapt.heads.HeadFolder.WORDS;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a {@link HeadFolder}. The files may be hostile: sizes are compared before anything is allocated, and
 * what does not fit together is refused.
 */
final class HeadReader {
    private static final int MAX_PLACES = 1 << 28;

    private HeadReader() {}

    /**
     * The model that a head is to read texts with, if one is given.
     *
     * @param name what it is, in errors
     */
    record Given(
            @Nullable EmbeddingModel embedder, @Nullable HiddenStates model, String name) {
        static final Given NOTHING = new Given(null, null, "no model");

        static Given of(EmbeddingModel embedder) {
            return new Given(
                    embedder, null, "the embedding model '" + embedder.name() + "', dimension " + embedder.dimension());
        }

        static Given of(HiddenStates model) {
            return new Given(null, model, "the language model '" + model.info().name() + "'");
        }
    }

    /** Reads a head, with the model that it was learned with if it was learned with one. */
    static HeadModel load(Path folder, Given given) {
        return read(folder, given, (head, json) -> {
            if (json.has(SEVERAL)) {
                throw new LlmAdaptException(
                        "the head in " + folder + " gives a text several labels; load it with MultiLabelModel.load");
            }
            return new HeadModel(head, origin(json.object("origin")));
        });
    }

    /** Reads a head of several labels. */
    static MultiLabelModel loadSeveral(Path folder, Given given) {
        return read(folder, given, (head, json) -> {
            if (!json.has(SEVERAL)) {
                throw new LlmAdaptException(
                        "the head in " + folder + " gives a text one label; load it with HeadModel.load");
            }
            return new MultiLabelModel(StoredLabelSets.read(head, json.object(SEVERAL)), origin(json.object("origin")));
        });
    }

    private static <M> M read(Path folder, Given given, BiFunction<Head<?>, HeadJson, M> model) {
        Path file = folder.resolve(JSON);
        if (!Files.isRegularFile(file)) {
            throw new LlmAdaptException("there is no head in " + folder + ": it has no " + JSON
                    + "; give the folder that a head was saved in");
        }
        try {
            HeadJson json = HeadJson.parse(file.toString(), new String(bytes(file), StandardCharsets.UTF_8));
            if (!json.text("format").equals(FORMAT)) {
                throw json.broken("format", FORMAT);
            }
            if (json.whole("version", 0, Long.MAX_VALUE) != VERSION) {
                throw json.broken("version", VERSION + ", the only one that this library knows");
            }
            List<String> labels = json.texts("labels");
            int least = json.has(SEVERAL) ? 1 : 2;
            if (labels.size() < least || new LinkedHashSet<>(labels).size() != labels.size()) {
                throw json.broken(
                        "labels", "at least " + (least == 1 ? "one label" : "two labels") + ", all different");
            }
            return model.apply(head(folder, json, labels, given), json);
        } catch (IOException e) {
            throw new LlmAdaptException("the head in " + folder + " cannot be read: " + e, e);
        }
    }

    private static Head<?> head(Path folder, HeadJson json, List<String> labels, Given given) throws IOException {
        switch (json.text("features")) {
            case WORDS -> {
                if (!given.equals(Given.NOTHING)) {
                    throw new LlmAdaptException(
                            "the head in " + folder + " reads words; load it without " + given.name());
                }
                int words = (int) json.whole("words", 0, MAX_PLACES);
                int characters = (int) json.whole("characters", 0, MAX_PLACES);
                List<String> terms = terms(folder, json, words + characters);
                Numbers numbers = numbers(folder, json, labels.size(), terms.size(), terms.size());
                return head(
                        json,
                        labels,
                        new WordFeatures(),
                        new WordFeatures.Vocabulary(
                                List.copyOf(terms.subList(0, words)),
                                List.copyOf(terms.subList(words, terms.size())),
                                numbers.before),
                        numbers.classifier);
            }
            case EMBEDDINGS -> {
                EmbeddingFeatures features = features(folder, json.object("embedder"), given);
                Features.Projection<Row> projection = features.project(List.of());
                return head(
                        json,
                        labels,
                        features,
                        projection,
                        numbers(folder, json, labels.size(), projection.dimension(), 0).classifier);
            }
            case STATES -> {
                StateFeatures features = StoredStates.features(folder, json, given);
                int hidden = features.model().hiddenSize();
                int states = features.chosen().size();
                Numbers numbers = numbers(folder, json, labels.size(), hidden, (states + 1) * hidden);
                return head(
                        json, labels, features, StoredStates.projection(features, numbers.before), numbers.classifier);
            }
            default -> throw json.broken("features", "one of [" + WORDS + ", " + EMBEDDINGS + ", " + STATES + "]");
        }
    }

    private static EmbeddingFeatures features(Path folder, HeadJson json, Given given) {
        EmbeddingModel embedder = given.embedder();
        String name = json.text("name");
        int dimension = (int) json.whole("dimension", 1, MAX_PLACES);
        String learned =
                "the head in " + folder + " was learned from embeddings of '" + name + "', dimension " + dimension;
        if (given.equals(Given.NOTHING)) {
            throw new LlmAdaptException(learned + "; load it with that embedding model");
        }
        if (embedder == null || !embedder.name().equals(name) || embedder.dimension() != dimension) {
            throw new LlmAdaptException(learned + ", got " + given.name());
        }
        return new EmbeddingFeatures(embedder);
    }

    private static <T> Head<T> head(
            HeadJson json,
            List<String> labels,
            Features<T> features,
            Features.Projection<T> projection,
            LinearClassifier classifier) {
        return new Head<>(
                features,
                projection,
                classifier,
                new Calibration(json.number("scale", Double.MIN_NORMAL), json.bool("calibrated")),
                labels,
                leftOut(json, labels),
                json.number("regularization", Double.MIN_NORMAL),
                new CrossValidation(json.objects("cross_validation").stream()
                        .map(trial -> new CrossValidation.Trial(
                                trial.number("regularization", 0),
                                trial.number("accuracy", 0),
                                trial.number("log_loss", 0)))
                        .toList()));
    }

    /** The labels without an example; older folders have none. */
    private static List<String> leftOut(HeadJson json, List<String> labels) {
        List<String> leftOut = json.has(LEFT_OUT) ? json.texts(LEFT_OUT) : List.of();
        LinkedHashSet<String> all = new LinkedHashSet<>(labels);
        all.addAll(leftOut);
        if (all.size() != labels.size() + leftOut.size()) {
            throw json.broken(LEFT_OUT, "labels that are all different, and from 'labels' too");
        }
        return leftOut;
    }

    private static HeadOrigin origin(HeadJson json) {
        HeadOptions options;
        try {
            options = new HeadOptions(
                    json.numbers("regularization"),
                    (int) json.whole("folds", 2, Integer.MAX_VALUE),
                    json.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE),
                    json.has("leaves_out") && json.bool("leaves_out"));
        } catch (IllegalArgumentException e) {
            throw json.broken("regularization", "positive and ascending");
        }
        return new HeadOrigin(
                json.text("task"),
                (int) json.whole("examples", 1, Integer.MAX_VALUE),
                json.text("data_sha256"),
                options);
    }

    private static List<String> terms(Path folder, HeadJson json, int count) throws IOException {
        byte[] bytes = checked(folder, VOCABULARY, json);
        List<String> terms = new ArrayList<>(List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1)));
        terms.remove(terms.size() - 1); // what stands after the last line's end
        if (terms.size() != count) {
            throw new LlmAdaptException(
                    folder.resolve(VOCABULARY) + " has " + terms.size() + " terms, " + JSON + " says " + count);
        }
        return terms;
    }

    private record Numbers(double[] before, LinearClassifier classifier) {}

    private static Numbers numbers(Path folder, HeadJson json, int labels, int dimension, int before)
            throws IOException {
        Path file = folder.resolve(NUMBERS);
        long expected = HeadFolder.size(labels, dimension, before);
        long size = Files.isRegularFile(file) ? Files.size(file) : -1;
        if (size != expected) {
            throw new LlmAdaptException(file + " has " + (size < 0 ? "no" : size) + " bytes, expected " + expected
                    + " for " + labels + " labels and " + dimension + " features");
        }
        ByteBuffer bytes = ByteBuffer.wrap(checked(folder, NUMBERS, json)).order(ByteOrder.LITTLE_ENDIAN);
        double[] doubles = new double[before];
        for (int i = 0; i < before; i++) {
            doubles[i] = bytes.getDouble();
            requireFinite(file, doubles[i]);
        }
        LinearClassifier classifier = new LinearClassifier(new float[labels][dimension], new float[labels]);
        for (float[] weights : classifier.weights()) {
            read(file, bytes, weights);
        }
        read(file, bytes, classifier.bias());
        return new Numbers(doubles, classifier);
    }

    private static void read(Path file, ByteBuffer bytes, float[] into) {
        for (int i = 0; i < into.length; i++) {
            into[i] = bytes.getFloat();
            requireFinite(file, into[i]);
        }
    }

    private static void requireFinite(Path file, double value) {
        if (!Double.isFinite(value)) {
            throw new LlmAdaptException(file + " has numbers that are not finite, such as " + value);
        }
    }

    /** The bytes of a file whose hash stands in {@code head.json}. */
    private static byte[] checked(Path folder, String name, HeadJson json) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new LlmAdaptException("the head in " + folder + " lacks the file " + name);
        }
        byte[] bytes = bytes(file);
        String hash = json.object("sha256").text(name);
        if (!Sha256.of(bytes).equals(hash)) {
            throw new LlmAdaptException(file + " is not the file that was saved: its SHA-256 is " + Sha256.of(bytes)
                    + ", " + JSON + " says " + hash + "; copy the whole folder again");
        }
        return bytes;
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new LlmAdaptException(file + " has " + Files.size(file) + " bytes, more than a head's file can have");
        }
        return Files.readAllBytes(file);
    }
}
