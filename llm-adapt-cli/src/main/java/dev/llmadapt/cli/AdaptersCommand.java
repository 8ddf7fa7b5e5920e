package dev.llmadapt.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code adapters}: what can be done with adapters on disk without running a model. */
@Command(
        name = "adapters",
        description = "Inspects, combines, merges and converts adapters (Hugging Face PEFT folders).",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt adapters inspect my-lora",
            "  llm-adapt adapters combine --adapter a=0.7 --adapter b=0.3 --how cat --out both",
            "  llm-adapt adapters merge --model hf:org/model --adapter my-lora --out merged",
            "  llm-adapt adapters convert my-lora --to onnx_adapter --out my-lora.onnx_adapter"
        })
final class AdaptersCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    private AdaptersCommand() {}

    static CommandLine withParts(CommandContext context) {
        return new CommandLine(new AdaptersCommand())
                .addSubcommand(new AdaptersInspectCommand(context))
                .addSubcommand(new AdaptersCombineCommand(context))
                .addSubcommand(new AdaptersMergeCommand(context))
                .addSubcommand(new AdaptersConvertCommand(context));
    }

    /** Without a sub-command. */
    @Override
    public Integer call() {
        return Main.needsCommand(spec);
    }
}
