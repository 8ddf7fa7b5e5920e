package dev.llmadapt.spring.boot;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.local.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A model of a hundred kilobytes, and adapters of it. */
final class TinyModel {
    private TinyModel() {}

    /** A copy with a context that is long enough for passages. */
    static Path copy(Path folder) {
        try (Stream<Path> files = Files.list(Golden.folder("tiny-llama"))) {
            Path copy = Files.createDirectories(folder.resolve("tiny-llama"));
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
            Path config = copy.resolve("config.json");
            String text = Files.readString(config);
            Files.writeString(
                    config, text.replace("\"max_position_embeddings\": 256", "\"max_position_embeddings\": 8192"));
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path adapter(String name) {
        return GuideExamples.root()
                .resolve("llm-adapt-peft/src/test/resources/dev/llmadapt/peft/golden/adapters/" + name);
    }
}
