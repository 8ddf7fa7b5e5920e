package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.ToyTask;
import dev.llmadapt.files.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadFolderTest {
    private static final List<Request> ASKED =
            ToyTask.test().stream().map(Example::input).map(Request::of).toList();

    @TempDir
    Path folder;

    @BeforeEach
    void save() {
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
            head.save(folder);
        }
    }

    @Test
    void load_savedWords_givesIdenticalAnswers() {
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE);
                HeadModel loaded = HeadModel.load(folder)) {
            assertSame(loaded, head);
            assertThat(loaded.info()).isEqualTo(head.info());
            assertThat(loaded.crossValidation()).isEqualTo(head.crossValidation());
            assertThat(loaded.regularization()).isEqualTo(head.regularization());
        }
    }

    @Test
    void load_savedEmbeddings_givesIdenticalAnswersAndReplacesWhatWasThere() {
        EmbeddingModel embedder = new LetterEmbedder();
        try (HeadModel head = LinearHead.embeddings(embedder).train(ToyTask.task(), Progress.NONE)) {
            head.save(folder);
            try (HeadModel loaded = HeadModel.load(folder, embedder)) {
                assertSame(loaded, head);
                assertThat(folder.resolve("vocabulary.txt")).doesNotExist();
            }
        }
    }

    @Test
    void save_loaded_writesTheSameBytes() throws IOException {
        Path second = folder.resolve("second");
        try (HeadModel loaded = HeadModel.load(folder)) {
            loaded.save(second);
        }
        for (String file : List.of("head.json", "head.bin", "vocabulary.txt")) {
            assertThat(second.resolve(file)).hasSameBinaryContentAs(folder.resolve(file));
        }
    }

    private static void assertSame(Model actual, Model expected) {
        assertThat(actual.generate(ASKED).stream().map(Generation::decision).toList())
                .isEqualTo(expected.generate(ASKED).stream()
                        .map(Generation::decision)
                        .toList());
    }

    @Test
    void load_anotherEmbedder_isRefusedByName() {
        try (HeadModel head = LinearHead.embeddings(new LetterEmbedder()).train(ToyTask.task(), Progress.NONE)) {
            head.save(folder);
        }
        refuses("learned from embeddings of 'letters', dimension 26; load it with that embedding model");
        for (EmbeddingModel other : List.of(new LetterEmbedder("others", 26), new LetterEmbedder("letters", 13))) {
            assertThatThrownBy(() -> HeadModel.load(folder, other))
                    .isInstanceOf(LlmAdaptException.class)
                    .hasMessageContainingAll("'letters', dimension 26, got", other.name(), "" + other.dimension());
        }
    }

    @Test
    void load_embedderForWords_isRefused() {
        assertThatThrownBy(() -> HeadModel.load(folder, new LetterEmbedder()))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("reads words; load it without the embedding model 'letters'");
    }

    @Test
    void load_noFolder_isRefused() {
        assertThatThrownBy(() -> HeadModel.load(folder.resolve("none")))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("it has no head.json");
    }

    @Test
    void load_brokenFields_areRefusedByName() throws IOException {
        breaks("version", json -> json.replace("\"version\": 1", "\"version\": 2"), "the only one");
        breaks("format", json -> json.replace("llm-adapt-head", "other"), "llm-adapt-head");
        breaks(
                "features",
                json -> json.replace("\"features\": \"words\"", "\"features\": \"smells\""),
                "one of [words, embeddings");
        breaks("labels", json -> json.replace("\"tool\"", "\"plant\""), "all different");
        breaks("scale", json -> json.replaceAll("\"scale\": [^,]*", "\"scale\": -1"), "finite number");
        breaks("scale", json -> json.replaceAll("\"scale\": [^,]*", "\"scale\": 1e999"), "finite number");
        breaks("words", json -> json.replaceAll("\"words\": [0-9]+", "\"words\": 1e999999999"), "whole number");
        breaks("words", json -> json.replaceAll("\"words\": [0-9]+", "\"words\": -3"), "whole number");
        breaks("calibrated", json -> json.replace("\"calibrated\": true", "\"calibrated\": \"yes\""), "true or false");
        breaks(
                "regularization",
                json -> json.replaceAll("(?s)\"regularization\": \\[[^]]*]", "\"regularization\": [2, 1]"),
                "ascending");
        breaks("terms", json -> json.replaceAll("\"words\": [0-9]+", "\"words\": 1"), "head.json says");
        breaks("head.json", json -> json.substring(0, json.length() / 2), "cannot be read");
    }

    private void breaks(String field, UnaryOperator<String> change, String expected) throws IOException {
        Path file = folder.resolve("head.json");
        String json = Files.readString(file);
        String changed = change.apply(json);
        assertThat(changed).isNotEqualTo(json);
        Files.writeString(file, changed);
        assertThatThrownBy(() -> HeadModel.load(folder))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContainingAll(field, expected);
        Files.writeString(file, json);
    }

    @Test
    void load_numbersThatAreNotFinite_areRefused() throws IOException {
        Path file = folder.resolve("head.bin");
        byte[] bytes = Files.readAllBytes(file);
        String before = Sha256.of(bytes);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        Files.write(file, bytes);
        refuses("not the file that was saved");
        Path json = folder.resolve("head.json");
        Files.writeString(json, Files.readString(json).replace(before, Sha256.of(bytes)));
        refuses("numbers that are not finite, such as NaN");
    }

    @Test
    void load_truncatedOrMissingFiles_areRefused() throws IOException {
        Path numbers = folder.resolve("head.bin");
        byte[] bytes = Files.readAllBytes(numbers);
        Files.write(numbers, Arrays.copyOf(bytes, bytes.length - 4));
        refuses("has " + (bytes.length - 4) + " bytes, expected " + bytes.length + " for 3 labels");
        Files.delete(numbers);
        refuses("head.bin has no bytes");
        Files.delete(folder.resolve("vocabulary.txt"));
        refuses("lacks the file vocabulary.txt");
    }

    @Test
    void load_randomDamage_isRefusedOrHarmless() throws IOException {
        Path file = folder.resolve("head.json");
        byte[] bytes = Files.readAllBytes(file);
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] damaged = bytes.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                damaged[random.nextInt(damaged.length)] = (byte) (32 + random.nextInt(96));
            }
            Files.write(file, damaged);
            try (HeadModel head = HeadModel.load(folder)) {
                head.generate(ASKED);
            } catch (LlmAdaptException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining(folder.toString());
            }
        }
    }

    private void refuses(String message) {
        assertThatThrownBy(() -> HeadModel.load(folder))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining(message);
    }
}
