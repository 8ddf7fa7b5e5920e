package dev.llmadapt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that choose a model, with adapters that act on every request. */
final class ModelArguments extends PlainModelArguments {
    @Option(
            names = "--adapter",
            paramLabel = "FOLDER[=WEIGHT]",
            converter = AdapterArgument.Converter.class,
            description = "A folder as Hugging Face PEFT writes it, to act on the model; several act together.")
    List<AdapterArgument> adapters = new ArrayList<>();

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "Holds the key for a model on a server. Default: the environment's "
                    + RemoteSource.KEY_VARIABLE + ", if it is set.")
    @Nullable
    Path apiKeyFile;

    @Override
    List<AdapterArgument> acting() {
        return adapters;
    }

    @Override
    Optional<Path> apiKeyFile() {
        return Optional.ofNullable(apiKeyFile);
    }
}
