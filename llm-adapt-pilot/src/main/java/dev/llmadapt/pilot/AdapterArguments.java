package dev.llmadapt.pilot;

import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.PeftAdapter.Weighted;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that names adapters and how much of each. */
final class AdapterArguments {
    @Option(
            names = "--adapter",
            paramLabel = "FOLDER[=WEIGHT]",
            required = true,
            description = "A PEFT folder and its weight, 1 unless given; repeat it for several.")
    List<String> adapters = new ArrayList<>();

    List<Weighted> read() {
        return adapters.stream().map(AdapterArguments::read).toList();
    }

    private static Weighted read(String text) {
        int equals = text.lastIndexOf('=');
        if (equals < 0 || Files.isDirectory(path(text))) {
            return new Weighted(adapter(text), 1);
        }
        String weight = text.substring(equals + 1);
        try {
            double value = Double.parseDouble(weight);
            return InvalidInput.check(() -> new Weighted(adapter(text.substring(0, equals)), value));
        } catch (NumberFormatException e) {
            throw new InvalidInput("--adapter " + text + ": expected a number after '=', got '" + weight + "'", e);
        }
    }

    static PeftAdapter adapter(String folder) {
        return InvalidInput.check(() -> PeftAdapter.read(path(folder)));
    }

    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InvalidInput("no path: '" + text + "': " + e.getReason(), e);
        }
    }
}
