package dev.llmadapt.cli;

import dev.llmadapt.prompting.file.PromptDiff;
import dev.llmadapt.prompting.file.PromptFile;
import dev.llmadapt.prompting.file.PromptLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code llm-adapt prompts diff}. */
@Command(
        name = "diff",
        description = {
            "Shows how two versions of a prompt, or of a folder of prompts, differ: inputs, text and partials.",
            "The status is 1 if they do, as that of diff."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  llm-adapt prompts diff old/support.prompty new/support.prompty", "  llm-adapt prompts diff old new"
        })
final class PromptsDiffCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(index = "0", paramLabel = "OLD", description = "A file NAME.prompty, or a folder.")
    Path before = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The same of another version.")
    Path after = Path.of("");

    PromptsDiffCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        boolean differ;
        if (Files.isDirectory(before) && Files.isDirectory(after)) {
            differ = differ(
                    PromptLibrary.open(before).prompts(),
                    PromptLibrary.open(after).prompts());
        } else if (Files.isDirectory(before) || Files.isDirectory(after)) {
            throw new InvalidInput("expected two files or two folders, got " + before + " and " + after);
        } else {
            differ = differ(PromptFile.read(before), PromptFile.read(after));
        }
        context.out().flush();
        return differ ? 1 : 0;
    }

    private boolean differ(SortedMap<String, PromptFile> old, SortedMap<String, PromptFile> now) {
        boolean differ = false;
        TreeSet<String> names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            if (old.containsKey(name) && now.containsKey(name)) {
                differ |= differ(get(old, name), get(now, name));
            } else {
                boolean gone = old.containsKey(name);
                context.out().println((gone ? "- " : "+ ") + get(gone ? old : now, name));
                differ = true;
            }
        }
        return differ;
    }

    private static PromptFile get(Map<String, PromptFile> prompts, String name) {
        return java.util.Objects.requireNonNull(prompts.get(name));
    }

    private boolean differ(PromptFile old, PromptFile now) {
        PromptDiff diff = PromptDiff.between(old, now);
        if (diff.isEmpty()) {
            return false;
        }
        context.out().println(old + " -> " + now);
        diff.inputs().forEach(line -> context.out().println("input " + line));
        context.out().print(diff.text());
        return true;
    }
}
