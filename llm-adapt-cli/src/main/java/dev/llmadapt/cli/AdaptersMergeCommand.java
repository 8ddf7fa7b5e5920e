package dev.llmadapt.cli;

import dev.llmadapt.DataType;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.PeftAdapter.Weighted;
import dev.llmadapt.peft.merge.MergeOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code adapters merge}: a model with adapters in its weights. */
@Command(
        name = "merge",
        description = "Writes a model with adapters merged into its weights, as a Hugging Face folder.",
        sortOptions = false)
final class AdaptersMergeCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(
            names = "--model",
            paramLabel = "SOURCE",
            required = true,
            description = "A folder, a .gguf file, hf:org/repo[/file.gguf][@revision], or 'default'.")
    String model = "";

    @Mixin
    final AdapterArguments adapters = new AdapterArguments();

    @Option(
            names = "--type",
            paramLabel = "KIND",
            description = "Store weights as f32, f16 or bf16. Default: as the model has them; f32 for GGUF.")
    @Nullable
    DataType type;

    @Option(names = "--out", paramLabel = "FOLDER", required = true, description = "A folder that is new or empty.")
    Path out = Path.of("");

    AdaptersMergeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<Weighted> read = adapters.read();
        MergeOptions options = MergeOptions.defaults();
        MergeOptions chosen = type == null ? options : options.withType(type);
        try (ProgressLine progress = context.progress()) {
            InvalidInput.check(() -> {
                PeftAdapter.merge(read, ModelLoading.source(model).fetch(progress), out, chosen, progress);
                return out;
            });
        }
        context.out().println("merged " + read.size() + (read.size() == 1 ? " adapter" : " adapters") + " into " + out);
        context.out().flush();
        return 0;
    }
}
