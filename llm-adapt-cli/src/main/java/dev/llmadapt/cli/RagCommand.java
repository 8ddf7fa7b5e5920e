package dev.llmadapt.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code rag}: answers from documents. */
@Command(
        name = "rag",
        description = "Indexes documents, answers from them with citations, and measures both.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt rag index --index my-index articles/ https://example.org/faq.html",
            "  llm-adapt rag index --index my-index articles/ --watch",
            "  llm-adapt rag ask --index my-index \"How long is the warranty?\" --explain",
            "  llm-adapt rag eval beir/scifact --json scifact.json",
            "  llm-adapt rag eval llm-adapt-pilot/tasks/pennywell --answer"
        })
final class RagCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    private RagCommand() {}

    static CommandLine withParts(CommandContext context) {
        return new CommandLine(new RagCommand())
                .addSubcommand(new RagIndexCommand(context))
                .addSubcommand(new RagAskCommand(context))
                .addSubcommand(new RagEvalCommand(context))
                .addSubcommand(new RagInjectionsCommand(context));
    }

    /** Without a sub-command. */
    @Override
    public Integer call() {
        return Main.needsCommand(spec);
    }
}
