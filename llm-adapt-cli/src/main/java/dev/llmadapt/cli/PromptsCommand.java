package dev.llmadapt.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code prompts}: prompts for a task, and prompts as files. */
@Command(
        name = "prompts",
        description = "Finds prompts for a task, tests prompts, and keeps prompts as files.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt prompts search --task my.csv --calls 400 --work search --save chosen",
            "  llm-adapt answer chosen \"my card is gone\"",
            "  llm-adapt prompts test promptfooconfig.yaml --model qwen2.5-coder-1.5b",
            "  llm-adapt prompts list prompts",
            "  llm-adapt prompts diff old/support.prompty new/support.prompty"
        })
final class PromptsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    private PromptsCommand() {}

    static CommandLine withParts(CommandContext context) {
        return new CommandLine(new PromptsCommand())
                .addSubcommand(new PromptsSearchCommand(context))
                .addSubcommand(new PromptsTestCommand(context))
                .addSubcommand(new PromptsListCommand(context))
                .addSubcommand(new PromptsShowCommand(context))
                .addSubcommand(new PromptsDiffCommand(context));
    }

    /** Without a sub-command. */
    @Override
    public Integer call() {
        return Main.needsCommand(spec);
    }
}
