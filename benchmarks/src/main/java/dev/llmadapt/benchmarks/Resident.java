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
import java.util.Locale;

/**
 * A program that measures the resident memory of a process that has opened the default model and answered with one
 * token. Output: one line {@code resident-MB times-the-file}. Linux only, since the memory is read from {@code /proc}.
 */
final class Resident {
    private static final long SETTLE_MILLIS = 3000; // Java gives memory back to the system about once a second

    private Resident() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Precision precision = arguments.length == 0 ? Precision.AS_STORED : Precision.valueOf(arguments[0]);
        Path path = ModelSource.parse("default").fetch(Progress.NONE);
        try (LocalModel model = LocalModel.open(path, ModelOptions.defaults().withPrecision(precision))) {
            model.generate(Request.of("What is the capital of France?")
                    .withOptions(GenerationOptions.defaults().withMaxTokens(1)));
            Thread.sleep(SETTLE_MILLIS);
            double kibibytes = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
            double bytes = kibibytes * 1024;
            System.out.println(String.format(Locale.ROOT, "%.0f %.2f", bytes / 1e6, bytes / Files.size(path)));
        }
    }
}
