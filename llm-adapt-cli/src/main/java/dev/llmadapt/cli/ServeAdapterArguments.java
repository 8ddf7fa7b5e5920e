package dev.llmadapt.cli;

import dev.llmadapt.AdapterException;
import dev.llmadapt.Model;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.local.AdapterSource;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.PeftAdapter;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.server.ServerOptions;
import dev.llmadapt.server.catalog.AdapterFolder;
import dev.llmadapt.server.catalog.ServedModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a server's adapters: which are served, which requests may load, and the memory for all of them. */
final class ServeAdapterArguments {
    private static final String CLASSIFIER =
            "' is a classifier (task_type SEQ_CLS), which answers by itself; 'serve' has language models";

    @Option(
            names = "--adapter",
            paramLabel = "NAME=FOLDER",
            converter = NamedFolder.Converter.class,
            description = "Serve the model with a PEFT adapter under this name; may be repeated.")
    List<NamedFolder> named = new ArrayList<>();

    @Option(
            names = "--adapters",
            paramLabel = "FOLDER",
            description = "Serve every PEFT adapter in a folder right inside this one, under that folder's name.")
    @Nullable
    Path all;

    @Option(
            names = "--adapter-root",
            paramLabel = "FOLDER",
            description = "Let requests load PEFT adapters from inside this folder, and from nowhere else.")
    @Nullable
    Path root;

    @Option(
            names = "--adapter-memory",
            paramLabel = "MB",
            description =
                    "Megabytes for the adapters in memory; those that were not asked for longest are read again from"
                            + " their folders when a request needs them. Default: half of the heap.")
    @Nullable
    Integer megabytes;

    private final Set<String> told = new HashSet<>(); // those of which it was said that they cannot be used

    /** Whether there is anything here to serve by the model that is named. */
    boolean any() {
        return !named.isEmpty() || all != null || root != null;
    }

    /** Options with the folder whose adapters requests may load, if there is one. */
    ServerOptions apply(ServerOptions options) {
        Path allowed = root;
        return allowed == null
                ? options
                : InvalidInput.check(() -> options.withAdapters(new AdapterFolder(allowed, PeftAdapter::read)));
    }

    /**
     * The adapters to serve, of which the settings were read; the numbers are not. One of {@code --adapters} that
     * cannot be read is told and listed all the same: its requests fail and say why, and those of others do not.
     */
    List<NamedFolder> read(CommandContext context) {
        if (megabytes != null && !any()) {
            throw new InvalidInput(
                    "--adapter-memory is for adapters; give --adapter, --adapters or --adapter-root, or leave it out");
        }
        memory();
        List<NamedFolder> folders = new ArrayList<>();
        for (NamedFolder each : named) {
            PeftAdapter adapter = PeftAdapter.read(each.folder(), each.name());
            if (adapter.isClassifier()) {
                throw new InvalidInput("the adapter '" + each.name() + CLASSIFIER);
            }
            requireRoom(adapter);
            folders.add(each);
        }
        for (NamedFolder each : all == null ? List.<NamedFolder>of() : inside(all)) {
            boolean isClassifier = false;
            try {
                PeftAdapter adapter = PeftAdapter.read(each.folder(), each.name());
                isClassifier = adapter.isClassifier();
                requireRoom(adapter);
            } catch (AdapterException e) {
                tell(each, e, context);
            }
            if (isClassifier) {
                context.err().println("note: left out: the adapter '" + each.name() + CLASSIFIER);
            } else {
                folders.add(each);
            }
        }
        return folders;
    }

    /** Refuses an adapter that never fits, which otherwise its first request would be told. */
    private void requireRoom(PeftAdapter adapter) {
        long bytes = Float.BYTES * adapter.parameterCount();
        if (bytes > memory()) {
            throw new AdapterException("adapter '" + adapter.name() + "' takes " + bytes
                    + " bytes, all adapters in memory may take " + memory() + "; raise --adapter-memory");
        }
    }

    private static List<NamedFolder> inside(Path above) {
        List<NamedFolder> found;
        try (Stream<Path> folders = Files.list(above)) {
            found = folders.filter(each -> Files.isRegularFile(each.resolve(PeftFolder.CONFIG)))
                    .sorted()
                    .map(NamedFolder::of)
                    .toList();
        } catch (IOException e) {
            throw new InvalidInput("--adapters " + above + " cannot be read: " + e, e);
        }
        if (found.isEmpty()) {
            throw new InvalidInput(
                    "--adapters " + above + " has no folder with an " + PeftFolder.CONFIG + " right inside it");
        }
        return found;
    }

    private long memory() {
        long heap = Runtime.getRuntime().maxMemory();
        if (megabytes == null) {
            return heap / 2;
        }
        if (megabytes < 1 || megabytes > heap >> 20) {
            throw new InvalidInput("--adapter-memory must be at least 1 and fit into the heap, " + (heap >> 20)
                    + " MB, got " + megabytes + "; LLM_ADAPT_JAVA_OPTS=-Xmx4g makes the heap larger");
        }
        return (long) megabytes << 20;
    }

    /**
     * Serves a model with adapters: those that were named are loaded now, and otherwise the first one that can be, so
     * that the engine is made with inputs for adapters.
     */
    void serve(ServedModels models, String called, Model opened, List<NamedFolder> folders, CommandContext context) {
        Optional<LocalModel> local = opened.unwrap(LocalModel.class);
        if (local.isEmpty()) {
            if (!folders.isEmpty()) {
                throw new InvalidInput("--adapter and --adapters need a model that runs in this process");
            }
            models.add(called, opened);
            return;
        }
        AdapterPool pool = new AdapterPool(local.get(), memory());
        models.add(called, opened, pool);
        for (NamedFolder each : folders) {
            pool.register(each.name(), AdapterSource.folder(each.folder(), PeftAdapter::read));
            models.addPooled(each.name(), called);
        }
        for (NamedFolder each : folders.subList(0, named.size())) {
            pool.use(each.name()).close();
        }
        for (NamedFolder each : named.isEmpty() ? folders : List.<NamedFolder>of()) {
            try {
                pool.use(each.name()).close();
                break;
            } catch (AdapterException e) {
                tell(each, e, context);
            }
        }
    }

    private void tell(NamedFolder adapter, AdapterException e, CommandContext context) {
        if (told.add(adapter.name())) {
            context.err().println("note: the adapter '" + adapter.name() + "' cannot be used: " + e.getMessage());
        }
    }
}
