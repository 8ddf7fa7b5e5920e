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
                    + ServerAccess.KEY_VARIABLE + ", if it is set.")
    @Nullable
    Path apiKeyFile;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Send a model on a server this many requests at once. Default: ${DEFAULT-VALUE}.")
    int concurrency = ServerAccess.DEFAULT.concurrency();

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = "Ask a server this often again that is busy or broke off. Default: ${DEFAULT-VALUE}.")
    int retries = ServerAccess.DEFAULT.retries();

    @Option(
            names = "--requests-per-minute",
            paramLabel = "X",
            description = "Send a model on a server no more requests than this. Default: no limit.")
    double requestsPerMinute = ServerAccess.DEFAULT.requestsPerMinute();

    @Override
    List<AdapterArgument> acting() {
        return adapters;
    }

    @Override
    ServerAccess server() {
        return new ServerAccess(Optional.ofNullable(apiKeyFile), concurrency, retries, requestsPerMinute);
    }
}
