package dev.llmadapt.benchmarks;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.local.source.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * A program that measures opening a model in a fresh process: the seconds until it is open and until its first token
 * stands, both since the process began, and the memory that is resident and was so at most, in MB and as a multiple of
 * the file. Arguments: a model as {@code --model} takes it ({@code default}), a precision ({@code AS_STORED}), and
 * {@code keep} or {@code alone} for packed weights from the cache folder or not. Linux only, since memory is read from
 * {@code /proc}.
 */
final class Opening {
    private static final long SETTLE_MILLIS = 3000; // Java gives memory back to the system about once a second

    private Opening() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Instant begun = ProcessHandle.current().info().startInstant().orElseThrow();
        Path path = ModelSource.parse(arguments.length > 0 ? arguments[0] : "default")
                .fetch(Progress.NONE);
        Precision precision = arguments.length > 1 ? Precision.valueOf(arguments[1]) : Precision.AS_STORED;
        boolean keep = arguments.length < 3 || arguments[2].equals("keep");
        ModelOptions options = ModelOptions.defaults().withPrecision(precision).withKeepPacked(keep);
        try (LocalModel model = LocalModel.open(path, options)) {
            double open = since(begun);
            model.generate(Request.of("What is the capital of France?")
                    .withOptions(GenerationOptions.defaults().withMaxTokens(1)));
            double first = since(begun);
            Thread.sleep(SETTLE_MILLIS);
            double file = Files.size(path) / 1e6;
            double resident = memory("VmRSS:");
            double peak = memory("VmHWM:");
            System.out.println(String.format(
                    Locale.ROOT,
                    "open %.2f s, first token %.2f s, resident %.0f MB (%.2f; %.0f of files), peak %.0f MB (%.2f)",
                    open,
                    first,
                    resident,
                    resident / file,
                    memory("RssFile:"),
                    peak,
                    peak / file));
        }
    }

    private static double since(Instant begun) {
        return Duration.between(begun, Instant.now()).toMillis() / 1e3;
    }

    private static double memory(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith(field))
                        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElseThrow()
                * 1024
                / 1e6;
    }
}
