package dev.llmadapt.pilot.strategy;

import dev.llmadapt.files.Sha256;
import dev.llmadapt.peft.data.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files and folders that arguments of a strategy name, such as an embedder's: other files may stand there the next
 * time, under the same names.
 */
final class ArgumentFiles {
    private ArgumentFiles() {}

    /** A mark that changes with the content of what the arguments name; empty where they name nothing that is there. */
    static String mark(StrategySyntax.Written written) {
        StringBuilder marks = new StringBuilder();
        for (StrategySyntax.Layer layer : written.layers()) {
            if (layer.name().equals(Teaching.NAME)) {
                Teaching teaching = Teaching.of(layer);
                marks.append(mark(teaching.teacher())).append(mark(teaching.student()));
            } else if (StrategyTable.row(layer.name()).family() != StrategyFamily.PROMPTING) {
                // what stands in a prompt is a text, whatever files are called
                named(layer.argument()).ifPresent(path -> marks.append('#').append(hash(path)));
            }
        }
        return marks.toString();
    }

    private static Optional<Path> named(String argument) {
        try {
            return argument.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Path.of(argument)).filter(Files::exists);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static String hash(Path path) {
        ContentHash hash = new ContentHash();
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
            for (Path file : sorted) {
                hash.add(path.relativize(file).toString()).add(Sha256.of(file));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + path + ": " + e, e);
        }
        return hash.hex().substring(0, 16);
    }
}
