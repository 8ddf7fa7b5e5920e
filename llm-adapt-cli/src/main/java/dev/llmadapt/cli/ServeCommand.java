package dev.llmadapt.cli;

import dev.llmadapt.Model;
import dev.llmadapt.cli.terminal.InterruptKey;
import dev.llmadapt.cli.terminal.ProgressLine;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServedStrategy;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.rag.index.Language;
import dev.llmadapt.server.ModelServer;
import dev.llmadapt.server.ServerOptions;
import dev.llmadapt.server.catalog.ServedModels;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm-adapt serve}. */
@Command(
        name = "serve",
        description = {
            "Serves a model, its adapters and saved strategies over HTTP, with the routes of OpenAI's API.",
            "Each adapter and each strategy is a model of its own. Ctrl-C lets requests under way end, a second one stops"
                    + " at once (docs/guides/serving.md)."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  llm-adapt serve --model qwen2.5-0.5b",
            "  llm-adapt serve --adapter bank=adapters/bank --adapter mail=adapters/mail",
            "  llm-adapt serve --adapters adapters --adapter-memory 2000",
            "  llm-adapt serve chosen",
            "  llm-adapt serve --host 0.0.0.0 --api-key-file keys.txt --embedder minilm"
        })
final class ServeCommand implements Callable<Integer> {
    private static final int RERANKER_TOKENS = 512;
    private static final int MOST_TOLD = 20;

    private final CommandContext context;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "What 'pilot --save' wrote: the strategy is served, under the folder's name.")
    @Nullable
    Path folder;

    @Option(names = "--name", paramLabel = "NAME", description = "Serve the model under this name. Default: its own.")
    String name = "";

    @Option(
            names = "--strategy",
            paramLabel = "[NAME=]FOLDER",
            converter = NamedFolder.Converter.class,
            description = "Serve a strategy that 'pilot --save' wrote; may be repeated. It answers by the model that is"
                    + " named, else by the one that it was measured on.")
    List<NamedFolder> strategies = new ArrayList<>();

    @Option(names = "--embedder", paramLabel = "NAME", description = "Serve embeddings by " + RagIndexFolder.EMBEDDERS)
    @Nullable
    String embedder;

    @Option(
            names = "--reranker",
            paramLabel = "FOLDER",
            description = "Serve reranking by a cross-encoder's folder, with an ONNX model.")
    @Nullable
    Path reranker;

    @Mixin
    final ServeAdapterArguments adapters = new ServeAdapterArguments();

    @Mixin
    final ServeArguments server = new ServeArguments();

    @Mixin
    final PlainModelArguments model = new PlainModelArguments();

    @Mixin
    final PromptLookupArgument drafts = new PromptLookupArgument();

    ServeCommand(CommandContext context) {
        this.context = context;
    }

    /** All that can be refused is, before a model is fetched. */
    @Override
    public Integer call() {
        ServerOptions options = adapters.apply(server.options());
        if (folder != null) {
            strategies.add(0, NamedFolder.of(folder));
        }
        List<SavedStrategy> saved = strategies.stream()
                .map(each -> SavedStrategy.load(each.folder()))
                .toList();
        InvalidInput.check(options::requireAddress);
        List<NamedFolder> read = adapters.read(context);
        requireDifferent(read);
        try (InterruptKey key = InterruptKey.install()) {
            ServedModels models = new ServedModels();
            ServerOptions all;
            try (ProgressLine progress = context.progress()) {
                all = withHelpers(options);
                serveModels(models, read, saved, progress);
            }
            ServerOptions complete = all;
            try (ModelServer running = InvalidInput.check(() -> ModelServer.start(models, complete))) {
                context.out().println("listening at " + running.uri() + "/v1 with " + names(models));
                context.out().flush();
                key.during(ServeCommand::untilInterrupted);
                context.err().println(Main.NAME + ": draining; Ctrl-C again stops at once");
            }
            return 0;
        } finally {
            closeAll();
        }
    }

    private void requireDifferent(List<NamedFolder> read) {
        Set<String> names = new HashSet<>();
        if (!name.isEmpty()) {
            names.add(name);
        }
        for (NamedFolder each : concat(strategies, read)) {
            if (!names.add(each.name())) {
                throw new InvalidInput("two models are to be served as '" + each.name()
                        + "'; name one of them otherwise, as in OTHER=" + each.folder());
            }
        }
    }

    private static List<NamedFolder> concat(List<NamedFolder> some, List<NamedFolder> others) {
        List<NamedFolder> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static String names(ServedModels models) {
        List<String> all = models.names();
        return all.size() <= MOST_TOLD
                ? String.join(", ", all)
                : String.join(", ", all.subList(0, MOST_TOLD)) + " and " + (all.size() - MOST_TOLD) + " more";
    }

    private ServerOptions withHelpers(ServerOptions options) {
        ServerOptions all = options;
        if (embedder != null) {
            Embedder made = keep(new RagIndexFolder(embedder, Language.ENGLISH).openEmbedder());
            if (made.dimension() == 0) {
                throw new InvalidInput("--embedder none has no vectors to serve; leave it out");
            }
            all = all.withEmbedder(made);
        }
        return reranker == null ? all : all.withReranker(keep(Reranker.load(reranker, RERANKER_TOKENS)));
    }

    /** Opens the models: strategies of their own models first, where no model is named. */
    private void serveModels(
            ServedModels models, List<NamedFolder> read, List<SavedStrategy> saved, ProgressLine progress) {
        boolean named = spec.commandLine().getParseResult().hasMatchedOption("--model");
        Optional<Model> base = Optional.empty();
        if (named || saved.isEmpty() || adapters.any()) {
            model.introduce(context, progress);
            Model opening = keep(InvalidInput.check(() ->
                    context.models().open(drafts.apply(model.choice(model.source(), List.of())), progress)));
            String called = name.isEmpty() ? opening.info().name() : name;
            if (adapters.any()) {
                unique(() -> adapters.serve(models, called, opening, read, context));
            } else {
                InvalidInput.check(() -> models.add(called, opening));
            }
            base = Optional.of(opening);
        } else if (!name.isEmpty()) {
            throw new InvalidInput("--name is for a model, and none is served; give --model, or leave it out");
        }
        for (int i = 0; i < saved.size(); i++) {
            serve(models, strategies.get(i).name(), saved.get(i), named ? base : Optional.empty(), progress);
        }
    }

    private void serve(
            ServedModels models, String served, SavedStrategy saved, Optional<Model> base, ProgressLine progress) {
        Model under = base.orElseGet(
                () -> keep(SavedModel.open(saved, model, spec.commandLine().getParseResult(), context, progress)));
        Model adapted = keep(saved.adapt(under, saved.task(), progress));
        unique(() -> models.addAdapted(served, keep(new ServedStrategy(adapted, saved)), saved.model()));
    }

    /** Two models of one name are the user's to tell apart. */
    private static void unique(Runnable adding) {
        try {
            adding.run();
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new InvalidInput(String.valueOf(e.getMessage()), e);
        }
    }

    private <T extends AutoCloseable> T keep(T each) {
        opened.push(each);
        return each;
    }

    private static boolean untilInterrupted() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // what this waits for
        }
        return true;
    }

    /** Closes what was opened, the last first. */
    private void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                context.err().println(Main.NAME + ": a model could not be closed: " + e.getMessage());
            }
        }
    }
}
