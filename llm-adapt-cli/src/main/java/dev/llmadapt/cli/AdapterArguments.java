package dev.llmadapt.cli;

import dev.llmadapt.peft.PeftAdapter.Weighted;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that names adapters and how much of each. */
final class AdapterArguments {
    @Option(
            names = "--adapter",
            paramLabel = "FOLDER[=WEIGHT]",
            required = true,
            converter = AdapterArgument.Converter.class,
            description = "A PEFT folder and its weight, 1 unless given; repeat it for several.")
    List<AdapterArgument> adapters = new ArrayList<>();

    List<Weighted> read() {
        return InvalidInput.check(
                () -> adapters.stream().map(AdapterArgument::read).toList());
    }

    int size() {
        return adapters.size();
    }
}
