package dev.llmadapt.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that choose a model, with adapters that act on every request. */
final class ModelArguments extends PlainModelArguments {
    @Option(
            names = "--adapter",
            paramLabel = "FOLDER[=WEIGHT]",
            converter = AdapterArgument.Converter.class,
            description = "A folder as Hugging Face PEFT writes it, to act on the model; several act together.")
    List<AdapterArgument> adapters = new ArrayList<>();

    @Override
    List<AdapterArgument> acting() {
        return adapters;
    }
}
