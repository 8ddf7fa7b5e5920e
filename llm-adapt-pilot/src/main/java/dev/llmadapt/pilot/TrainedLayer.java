package dev.llmadapt.pilot;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.TokenListener;
import dev.llmadapt.peft.FullTuning;
import dev.llmadapt.peft.LocalModel;
import dev.llmadapt.peft.ModelOptions;
import dev.llmadapt.peft.PeftAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A strategy that trains, and may keep what it trained in a folder: it is written beside it and moved there when whole, so
 * a folder that is there holds a whole adapter or model, and nothing is trained again.
 */
final class TrainedLayer implements Strategy {
    private static final AtomicLong COUNT = new AtomicLong();

    private final Strategy tuning;
    private final Writer writer;
    private final boolean wholeModel;
    private final Optional<Path> folder;

    private TrainedLayer(Strategy tuning, Writer writer, boolean wholeModel, Optional<Path> folder) {
        this.tuning = tuning;
        this.writer = writer;
        this.wholeModel = wholeModel;
        this.folder = folder;
    }

    /** Trains an adapter. */
    @FunctionalInterface
    interface Trainer {
        PeftAdapter train(Model model, Task task, Progress progress);
    }

    @FunctionalInterface
    private interface Writer {
        void write(Model model, Task task, Path folder, Progress progress);
    }

    static TrainedLayer adapter(Strategy tuning, Trainer trainer) {
        return new TrainedLayer(
                tuning,
                (model, task, folder, progress) ->
                        trainer.train(model, task, progress).write(folder),
                false,
                Optional.empty());
    }

    static TrainedLayer model(FullTuning tuning) {
        return new TrainedLayer(tuning, tuning::train, true, Optional.empty());
    }

    /** The same, keeping what it trains. */
    TrainedLayer kept(Path kept) {
        return new TrainedLayer(tuning, writer, wholeModel, Optional.of(kept));
    }

    @Override
    public String name() {
        return tuning.name();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (folder.isEmpty()) {
            return tuning.adapt(model, task, progress);
        }
        Path kept = folder.get();
        if (!Files.isDirectory(kept)) {
            train(model, task, kept, progress);
        }
        LocalModel local = model.unwrap(LocalModel.class)
                .orElseThrow(() -> new IllegalArgumentException("what was trained needs a model in this process, got "
                        + model.info().name()));
        return wholeModel
                ? new Replaced(model, LocalModel.open(kept, ModelOptions.defaults()))
                : with(model, local, kept);
    }

    private void train(Model model, Task task, Path kept, Progress progress) {
        Path beside = kept.resolveSibling(kept.getFileName() + ".part");
        try {
            delete(beside);
            Files.createDirectories(beside);
            writer.write(model, task, beside, progress);
            Files.move(beside, kept);
        } catch (IOException e) {
            throw new LlmAdaptException("what was trained cannot be kept in " + kept + ": " + e.getMessage(), e);
        }
    }

    /** Removes a folder and all in it; one that is not there is no trouble. */
    static void delete(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Model with(Model model, LocalModel local, Path kept) {
        PeftAdapter adapter = PeftAdapter.read(kept, "pilot-" + COUNT.incrementAndGet());
        local.loadAdapter(adapter);
        return new ModelLayer(model) {
            @Override
            protected Request apply(Request request) {
                List<AdapterUse> all = new ArrayList<>(request.adapters());
                all.add(AdapterUse.of(adapter.name()));
                return request.withAdapters(all);
            }

            @Override
            protected void release() {
                local.unloadAdapter(adapter.name());
            }
        };
    }

    /** What the layers inside make of a request, answered by another model, which it owns. */
    private static final class Replaced extends ModelLayer {
        private final LocalModel trained;

        Replaced(Model untrained, LocalModel trained) {
            super(untrained);
            this.trained = trained;
        }

        @Override
        public Generation stream(Request request, TokenListener listener) {
            requireOpen();
            return trained.stream(base().prepare(request), listener);
        }

        @Override
        public List<Generation> generate(List<Request> requests) {
            requireOpen();
            return trained.generate(requests.stream().map(base()::prepare).toList());
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            requireOpen();
            return trained.score(base().prepare(prompt), continuations);
        }

        @Override
        public ModelInfo info() {
            requireOpen();
            return trained.info();
        }

        @Override
        protected void release() {
            trained.close();
        }
    }
}
