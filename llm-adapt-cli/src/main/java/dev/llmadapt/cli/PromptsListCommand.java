package dev.llmadapt.cli;

import dev.llmadapt.prompting.file.PromptFile;
import dev.llmadapt.prompting.file.PromptLibrary;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code llm-adapt prompts list}. */
@Command(
        name = "list",
        description = "Lists the prompt files of a folder, with their versions. All of them are checked.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = "  llm-adapt prompts list prompts")
final class PromptsListCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "FOLDER", description = "A folder of files NAME.prompty.")
    Path folder = Path.of("");

    PromptsListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        PromptLibrary library = PromptLibrary.open(folder);
        int width = library.prompts().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        for (PromptFile prompt : library.prompts().values()) {
            String name = prompt.name() + " ".repeat(width - prompt.name().length());
            String line = name + "  " + prompt.version() + "  ("
                    + String.join(", ", prompt.inputs().keySet()) + ")"
                    + (prompt.description().isEmpty() ? "" : "  " + prompt.description());
            context.out().println(line);
        }
        context.out().flush();
        return 0;
    }
}
