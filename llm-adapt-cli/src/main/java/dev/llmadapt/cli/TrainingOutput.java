package dev.llmadapt.cli;

import dev.llmadapt.peft.training.TrainingVerdict;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The folder that training writes into.
 *
 * @param folder new or empty
 */
record TrainingOutput(Path folder) {
    /** Refuses a folder with something in it: before minutes of training, not after them. */
    void requireFree() {
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            if (Files.isRegularFile(folder) || files.findAny().isPresent()) {
                throw new InvalidInput(
                        "--out " + folder + " is there and not empty, expected a folder that is new or empty");
            }
        } catch (IOException e) {
            throw new InvalidInput("--out " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Writes a report beside what was trained, so that it stays known what it learned from. */
    void write(String name, String report) {
        Path file = folder.resolve(name);
        try {
            Files.writeString(file, report);
        } catch (IOException e) {
            throw new InvalidInput(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Prints how the training went, and what to do next. */
    void tell(String what, TrainingVerdict verdict, PrintStream out) {
        out.println(String.format(
                Locale.ROOT,
                "trained %s in %d steps, loss %.3f; wrote %s",
                what,
                verdict.steps(),
                verdict.lastLoss(),
                folder));
        out.println(verdict.summary());
        out.println("next: " + verdict.next());
        out.flush();
    }
}
