package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.MetadataFilter;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.pilot.task.TextFile;
import dev.llmadapt.rag.documents.DocumentSource;
import dev.llmadapt.rag.documents.UrlOptions;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.index.Indexing;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.index.SourceWatcher;
import dev.llmadapt.rag.splitting.Splitter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rag index}. */
@Command(
        name = "index",
        description = {
            "Makes an index hold just what the sources have: what is new or changed is added, what is gone is deleted.",
            "Files: .txt .md .html .pdf, and .csv .tsv .jsonl with a document a row: fields text, title, id, and",
            "readers, who may read it: names separated by commas, or * for everyone. Others are counted."
        },
        sortOptions = false)
final class RagIndexCommand implements Callable<Integer> {
    private static final int MAX_COMPLAINTS = 20;

    private final CommandContext context;

    @Parameters(paramLabel = "SOURCE", arity = "0..*", description = "Files, folders, and addresses of http or https.")
    List<String> sources = new ArrayList<>();

    @Option(names = "--index", paramLabel = "FOLDER", required = true, description = "Where the index is, or is made.")
    @SuppressWarnings("NullAway.Init") // required
    Path index;

    @Option(
            names = "--urls",
            paramLabel = "FILE",
            description = "More addresses, one a line; lines with # are left out.")
    @Nullable
    Path urls;

    @Option(names = "--embedder", paramLabel = "NAME", description = RagIndexFolder.EMBEDDERS)
    @Nullable
    String embedder;

    @Option(
            names = "--language",
            paramLabel = "NAME",
            description = "How words are cut to stems: english (default), german, spanish, french, any.")
    @Nullable
    String language;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "The most tokens of a passage. Default: ${DEFAULT-VALUE}.")
    int size = 200;

    @Option(
            names = "--overlap",
            paramLabel = "N",
            description = "The tokens it shares with the one before. Default: ${DEFAULT-VALUE}.")
    int overlap = 30;

    @Option(names = "--watch", description = "Stay, and follow what changes, until Ctrl-C.")
    boolean watch;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            description = "With --watch, look again this often even if nothing is told. Default: ${DEFAULT-VALUE}.")
    int every = 60;

    RagIndexCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        RagIndexFolder made = settings();
        List<Path> folders = new ArrayList<>();
        DocumentSource source = source(folders);
        if (every < 1) {
            throw new InvalidInput("--every must be at least 1 second, got " + every);
        }
        try (Embedder opened = made.openEmbedder();
                PassageIndex written = made.open(index, opened)) {
            made.write(index);
            Indexing indexing = new Indexing(
                    InvalidInput.check(() -> Splitter.recursive(opened.tokens(), size, overlap)),
                    Indexing.with(opened).commitEvery());
            if (watch) {
                return follow(indexing, source, folders, written);
            }
            Indexing.Report report;
            try (ProgressLine progress = context.progress()) {
                report = indexing.sync(source, MetadataFilter.all(), written, progress);
            }
            tell(report, written);
            if (report.documents() + report.unchanged() == 0) {
                context.err().println(Main.NAME + ": nothing was indexed");
                return 1;
            }
            return 0;
        }
    }

    private RagIndexFolder settings() {
        if (RagIndexFolder.exists(index)) {
            RagIndexFolder made = RagIndexFolder.read(index);
            if (embedder != null && !embedder.equals(made.embedder())) {
                throw new InvalidInput("the index in " + index + " was made with --embedder " + made.embedder()
                        + ", got " + embedder + "; use another folder");
            }
            if (language != null && RagIndexFolder.language(language) != made.language()) {
                throw new InvalidInput("the index in " + index + " was made with --language " + made.language()
                        + ", got " + language + "; use another folder");
            }
            return made;
        }
        return new RagIndexFolder(
                embedder == null ? "minilm" : embedder,
                RagIndexFolder.language(language == null ? "english" : language));
    }

    private DocumentSource source(List<Path> folders) {
        List<DocumentSource> all = new ArrayList<>();
        List<URI> addresses = new ArrayList<>();
        for (String each : sources) {
            if (each.matches("(?i)https?://.*")) {
                addresses.add(address(each));
            } else {
                Path path = Path.of(each);
                if (!Files.exists(path)) {
                    throw new InvalidInput("there is no file or folder " + path);
                }
                if (Files.isDirectory(path)) {
                    folders.add(path);
                }
                all.add(DocumentSource.files(path));
            }
        }
        if (urls != null) {
            TextFile.read(urls)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(line -> addresses.add(address(line)));
        }
        if (!addresses.isEmpty()) {
            all.add(InvalidInput.check(
                    () -> DocumentSource.urls(addresses, index.resolve("pages"), UrlOptions.defaults())));
        }
        if (all.isEmpty()) {
            throw new InvalidInput("expected files, folders or addresses to index");
        }
        return DocumentSource.all(all);
    }

    private static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new InvalidInput("no address: " + text, e);
        }
    }

    private int follow(Indexing indexing, DocumentSource source, List<Path> folders, PassageIndex written) {
        SourceWatcher.Listener listener = new SourceWatcher.Listener() {
            private boolean first = true;

            @Override
            public void synced(Indexing.Report report) {
                if (first || report.documents() + report.deleted() > 0) {
                    tell(report, written);
                }
                first = false;
            }

            @Override
            public void failed(LlmAdaptException problem) {
                context.err().println("note: " + problem.getMessage() + "; trying again in " + every + " s");
            }
        };
        Duration interval = Duration.ofSeconds(every);
        try (InterruptKey key = InterruptKey.install()) {
            return key.during(() -> {
                try (SourceWatcher watching = folders.size() == 1
                        ? indexing.watch(source, folders.get(0), MetadataFilter.all(), written, interval, listener)
                        : indexing.watch(source, MetadataFilter.all(), written, interval, listener)) {
                    context.err()
                            .println("watching" + (watching.isEventDriven() ? "" : " every " + every + " s")
                                    + "; Ctrl-C ends");
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    context.err().println("stopped");
                }
                return InterruptKey.STOPPED;
            });
        }
    }

    private void tell(Indexing.Report report, PassageIndex written) {
        report.broken().stream()
                .limit(MAX_COMPLAINTS)
                .forEach(each -> context.err().println("skipped " + each));
        if (report.broken().size() > MAX_COMPLAINTS) {
            context.err().println("... and " + (report.broken().size() - MAX_COMPLAINTS) + " more");
        }
        if (!report.passedOver().isEmpty()) {
            int all = report.passedOver().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            context.err()
                    .println("passed over " + all + (all == 1 ? " file" : " files") + " of no kind that is read: "
                            + String.join(
                                    ", ",
                                    report.passedOver().entrySet().stream()
                                            .map(each -> each.getValue() + " " + each.getKey())
                                            .toList()));
        }
        context.out()
                .println(report.documents() + " documents indexed (" + report.passages() + " passages), "
                        + report.unchanged() + " unchanged, " + report.deleted() + " deleted, "
                        + report.broken().size() + " skipped; " + written.size() + " passages in " + index);
        context.out().flush();
    }
}
