package dev.llmadapt.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program that writes the seeds of a target, numbered, into a folder: {@code Seeds TARGET-CLASS FOLDER}. */
public final class Seeds {
    private Seeds() {}

    /** Writes the seeds, which the target's {@code seeds()} returns. */
    public static void main(String[] arguments) throws ReflectiveOperationException, IOException {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        var method = Class.forName(arguments[0]).getDeclaredMethod("seeds");
        method.setAccessible(true);
        int number = 0;
        for (Object seed : (List<?>) method.invoke(null)) {
            Files.write(folder.resolve("seed-" + number++), (byte[]) seed);
        }
    }
}
