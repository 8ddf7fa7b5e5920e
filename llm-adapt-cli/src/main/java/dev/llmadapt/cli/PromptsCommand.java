package dev.llmadapt.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code prompts}: prompts for a task. */
@Command(
        name = "prompts",
        description = "Finds prompts for a task.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt prompts search --task my.csv --calls 400 --work search --save chosen",
            "  llm-adapt answer chosen \"my card is gone\""
        })
final class PromptsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    private PromptsCommand() {}

    static CommandLine withParts(CommandContext context) {
        return new CommandLine(new PromptsCommand()).addSubcommand(new PromptsSearchCommand(context));
    }

    /** Without a sub-command. */
    @Override
    public Integer call() {
        return Main.needsCommand(spec);
    }
}
