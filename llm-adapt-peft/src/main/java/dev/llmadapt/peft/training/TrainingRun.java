package dev.llmadapt.peft.training;

import dev.llmadapt.Device;
import dev.llmadapt.InferenceException;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run of training from its first step, or where a snapshot was written, to the numbers that were best. */
public final class TrainingRun {
    private final Corpus corpus;
    private final Trainable trainable;
    private final TrainingOptions options;
    private final TrainingPlan plan;
    private final String key;
    private TokenStates states;
    private final int groups;
    private final @Nullable ToDoubleFunction<FloatBuffer> score;
    private final Consumer<TrainingEvent> listener;

    private double bestLoss = Double.NaN;
    private double bestScore = Double.NaN;
    private int bestStep;
    private int worse; // measurements since the best
    private final NativeArena memory = new NativeArena();
    private @Nullable ByteBuffer best; // in the memory

    /**
     * The data of a run.
     *
     * @param base the model, open while the run is made ready
     * @param context the most tokens of prompt and answer where the model answers
     * @param device where it learns
     * @param sequences to learn, at least one
     * @param names of the texts, for messages
     * @param validation texts to measure, may be empty
     */
    public record Corpus(
            Checkpoint base,
            int context,
            Device device,
            List<TrainingText> sequences,
            List<String> names,
            List<TrainingText> validation) {}

    private TrainingRun(
            Corpus corpus,
            Trainable trainable,
            TrainingOptions options,
            String key,
            @Nullable ToDoubleFunction<FloatBuffer> score,
            Consumer<TrainingEvent> listener) {
        this.corpus = corpus;
        this.trainable = trainable;
        this.options = options;
        this.key = key;
        this.score = score;
        this.listener = listener;
        this.plan = new TrainingPlan(corpus.sequences(), options, trainable.virtualTokens());
        this.states = TokenStates.of(Embedding.of(corpus.base()));
        this.groups = corpus.base().config().heads() / corpus.base().config().keyValueHeads();
    }

    /**
     * Trains.
     *
     * @param key tells settings and data from others: a snapshot with another key is refused
     * @param score of numbers on the validation examples, or null for their loss alone
     * @param listener hears of each step, on the calling thread
     * @return the numbers that were best, or the last where nothing is measured
     * @throws TrainingException if a loss is not finite, or files cannot be written or do not fit
     * @throws CancellationException if the thread is interrupted, whose interrupt status stays set; a snapshot is left
     *     where there is a folder
     */
    public static FloatBuffer run(
            Corpus corpus,
            Trainable trainable,
            TrainingOptions options,
            String key,
            @Nullable ToDoubleFunction<FloatBuffer> score,
            Consumer<TrainingEvent> listener) {
        return new TrainingRun(corpus, trainable, options, key, score, listener).run();
    }

    /**
     * The logits that a trained head gives the validation texts.
     *
     * @param parameters as {@link #run} returned them
     */
    public static LabelLogits logits(
            Corpus corpus, Trainable trainable, TrainingOptions options, FloatBuffer parameters) {
        TrainingRun run = new TrainingRun(corpus, trainable, options, "", null, event -> {});
        TrainingGraph.Options graph = run.graph(corpus.validation());
        try (run.memory;
                LossSession session = LossSession.open(
                        TrainingGraph.loss(corpus.base(), trainable, graph), parameters.remaining(), run.execution())) {
            session.parameters().put(parameters.duplicate());
            return run.logits(session);
        }
    }

    /** The options of the graphs; computes what enters them of some texts. */
    private TrainingGraph.Options graph(List<TrainingText> texts) {
        TrainingGraph.Options graph = new TrainingGraph.Options(
                        options.machine().precision(),
                        positions(),
                        corpus.context(),
                        options.machine().gradientCheckpointing())
                .withLoss(trainable.loss())
                .withFirstLayer(trainable.firstLayer());
        if (graph.firstLayer() == 0 || !FrozenStates.fit(texts, states.width())) {
            return graph.withFirstLayer(0);
        }
        states = FrozenStates.of(memory, texts, corpus.base(), trainable, graph, execution());
        return graph;
    }

    private FloatBuffer run() {
        List<TrainingText> texts = new ArrayList<>(corpus.sequences());
        texts.addAll(corpus.validation());
        int size = trainable.parameters().size();
        try (memory) {
            return run(graph(texts), size);
        }
    }

    private FloatBuffer run(TrainingGraph.Options graph, int size) {
        try (TrainingSession session = open(graph, size);
                LossSession validation = corpus.validation().isEmpty()
                        ? null
                        : LossSession.open(TrainingGraph.loss(corpus.base(), trainable, graph), size, execution())) {
            trainable.parameters().start(session.parameters());
            corpus.base().release(); // the sessions have taken what they need
            int done = resume(session);
            Optional<CurveFile> curve = options.files().outputDir().map(folder -> new CurveFile(folder, done));
            go(session, validation, done, curve);
            ByteBuffer chosen = best;
            FloatBuffer result = FloatBuffer.allocate(size);
            result.put(chosen == null ? session.parameters() : chosen.asFloatBuffer());
            return result.flip();
        }
    }

    /** The most places of a row, which the engine also wants the rotary tables to have. */
    private int positions() {
        int longest = 0;
        for (List<TrainingText> texts : List.of(corpus.sequences(), corpus.validation())) {
            for (TrainingText text : texts) {
                longest = Math.max(longest, text.ids().length);
            }
        }
        int made = corpus.base().config().contextLength();
        int most = longest + trainable.virtualTokens() + trainable.prefixTokens();
        if (most > made) {
            throw new TrainingException("a text has " + most + " tokens, virtual ones included, and "
                    + corpus.base().path() + " was made for " + made + "; lower maxLength");
        }
        return plan.longestRow(longest + trainable.virtualTokens()) + trainable.prefixTokens();
    }

    private Execution execution() {
        return Execution.of(options.machine().threads()).withDevice(corpus.device());
    }

    private TrainingSession open(TrainingGraph.Options graph, int size) {
        Checkpoint base = corpus.base();
        double norm = options.optimization().maxGradientNorm();
        return options.learning().batchSize() > options.machine().microBatchSize()
                ? TrainingSession.open(
                        TrainingGraph.accumulate(base, trainable, graph),
                        TrainingGraph.update(trainable, options.optimization().optimizer(), norm),
                        options.optimization().optimizer(),
                        size,
                        execution())
                : TrainingSession.open(
                        TrainingGraph.step(
                                base, trainable, graph, options.optimization().optimizer(), norm),
                        options.optimization().optimizer(),
                        size,
                        execution());
    }

    private void go(TrainingSession session, @Nullable LossSession validation, int done, Optional<CurveFile> curve) {
        int steps = plan.steps();
        long start = System.nanoTime();
        long tokens = 0;
        List<List<Integer>> epoch = List.of();
        if (validation != null && done == 0) {
            tell(beginning(session, validation), curve);
        }
        for (int step = done; step < steps; step++) {
            if (Thread.currentThread().isInterrupted()) {
                options.files()
                        .outputDir()
                        .ifPresent(folder -> snapshot(session).write(folder));
                throw new CancellationException("training was interrupted after " + step + " of " + steps + " steps");
            }
            int perEpoch = plan.stepsPerEpoch();
            if (epoch.isEmpty() || step % perEpoch == 0) {
                epoch = plan.epochSteps(plan.epoch(step));
            }
            List<Integer> texts = epoch.get(step % perEpoch);
            double rate = plan.rate(step);
            TrainingSession.Step made;
            try (NativeArena ofStep = new NativeArena()) {
                List<TrainingBatch> batches = batches(ofStep, texts);
                tokens += batches.stream().mapToInt(TrainingBatch::tokens).sum();
                made = session.step(batches, rate);
            }
            if (!made.made()) {
                throw diverged(step, texts, made);
            }
            Measured measured =
                    validation != null && due(step, steps, options.validation().evaluations())
                            ? measured(session, validation)
                            : Measured.NOTHING;
            OptionalDouble loss = measured.loss();
            double seconds = (System.nanoTime() - start) / 1e9;
            double perStep = seconds / (step + 1 - done);
            TrainingEvent event = new TrainingEvent(
                    step + 1,
                    steps,
                    plan.epoch(step) + 1,
                    rate,
                    made.loss(),
                    made.norm(),
                    tokens / seconds,
                    Duration.ofMillis((long) (1000 * perStep * (steps - step - 1))),
                    loss,
                    measured.score());
            if (loss.isPresent()) {
                if (!Double.isFinite(loss.getAsDouble())) {
                    throw new TrainingDiverged("the loss of the validation texts is " + loss.getAsDouble()
                            + " after step " + (step + 1) + ", though that of the step is " + made.loss()
                            + ": one of these texts, or a weight it alone meets, makes numbers that are not finite;"
                            + " look at the texts, or take a lower learning rate (it is "
                            + options.optimization().learningRate()
                            + ")");
                }
                keep(session, step + 1, loss.orElseThrow(), measured.score());
            }
            tell(event, curve);
            boolean enough = options.validation().patience() > 0
                    && worse >= options.validation().patience();
            if (options.files().outputDir().isPresent()
                    && (due(step, steps, options.files().checkpoints()) || enough)) {
                snapshot(session).write(options.files().outputDir().get());
            }
            if (enough) {
                break;
            }
        }
    }

    private void tell(TrainingEvent event, Optional<CurveFile> curve) {
        curve.ifPresent(file -> file.add(event));
        listener.accept(event);
    }

    /** The validation texts before the first step, by which one sees whether learning made anything better. */
    private TrainingEvent beginning(TrainingSession session, LossSession validation) {
        Measured measured = measured(session, validation);
        return new TrainingEvent(
                0,
                plan.steps(),
                1,
                plan.rate(0),
                Double.NaN,
                Double.NaN,
                0,
                Duration.ZERO,
                measured.loss(),
                measured.score());
    }

    /** The loss of the validation texts and, where there is one, their score. */
    private record Measured(OptionalDouble loss, OptionalDouble score) {
        static final Measured NOTHING = new Measured(OptionalDouble.empty(), OptionalDouble.empty());
    }

    private Measured measured(TrainingSession session, LossSession validation) {
        validation.parameters().put(session.parameters());
        if (trainable.labels() > 0) {
            LabelLogits logits = logits(validation);
            return new Measured(
                    OptionalDouble.of(logits.loss()),
                    OptionalDouble.of(score == null ? logits.accuracy() : score.applyAsDouble(session.parameters())));
        }
        return new Measured(
                OptionalDouble.of(measure(validation)),
                score == null ? OptionalDouble.empty() : OptionalDouble.of(score.applyAsDouble(session.parameters())));
    }

    /** Whether something that happens so many times happens after this step. */
    private static boolean due(int step, int steps, int times) {
        return (long) (step + 1) * times / steps > (long) step * times / steps;
    }

    private List<TrainingBatch> batches(NativeArena ofStep, List<Integer> step) {
        int total = step.stream()
                .mapToInt(text -> corpus.sequences().get(text).learnedTokens())
                .sum();
        List<TrainingBatch> batches = new ArrayList<>();
        for (List<List<TrainingText>> rows : plan.runs(step)) {
            batches.add(batch(ofStep, rows, total));
        }
        return batches;
    }

    private TrainingBatch batch(NativeArena where, List<List<TrainingText>> rows, int total) {
        try {
            return TrainingBatch.of(where, rows, trainable, states, groups, Math.max(1, total));
        } catch (InferenceException e) {
            int longest = rows.stream()
                    .mapToInt(row ->
                            row.stream().mapToInt(text -> text.ids().length).sum())
                    .max()
                    .orElse(0);
            throw new TrainingException(
                    "a batch of " + rows.size() + " rows of up to " + longest + " tokens does not fit into memory: "
                            + e.getMessage() + "; lower microBatchSize or maxLength",
                    e);
        }
    }

    private TrainingException diverged(int step, List<Integer> texts, TrainingSession.Step made) {
        String names =
                texts.stream().map(text -> corpus.names().get(text)).limit(20).collect(Collectors.joining(", "));
        return new TrainingDiverged("training diverged in step " + (step + 1) + ": the loss is " + made.loss()
                + ", the gradient's norm " + made.norm() + "; its texts are " + names
                + "; the numbers are as before this step. Take a lower learning rate (it is "
                + options.optimization().learningRate()
                + "), or look at these texts");
    }

    /** The mean loss of the tokens learned in the validation texts. */
    private double measure(LossSession validation) {
        int total = corpus.validation().stream()
                .mapToInt(TrainingText::learnedTokens)
                .sum();
        double sum = 0;
        for (List<List<TrainingText>> rows : validationRows()) {
            try (NativeArena ofRows = new NativeArena()) {
                sum += validation.loss(batch(ofRows, rows, total));
            }
        }
        return sum;
    }

    private LabelLogits logits(LossSession validation) {
        LabelLogits all = LabelLogits.none();
        for (List<List<TrainingText>> rows : validationRows()) {
            List<TrainingText> texts = rows.stream().flatMap(List::stream).toList();
            try (NativeArena ofRows = new NativeArena()) {
                float[][] logits = validation.logits(batch(ofRows, rows, texts.size()), trainable.labels());
                all = all.plus(logits, texts);
            }
        }
        return all;
    }

    /** The rows of the validation texts, as they run together. */
    private List<List<List<TrainingText>>> validationRows() {
        List<TrainingText> texts = corpus.validation();
        List<List<List<TrainingText>>> runs = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += options.machine().microBatchSize()) {
            runs.add(plan.rows(
                    texts.subList(from, Math.min(from + options.machine().microBatchSize(), texts.size()))));
        }
        return runs;
    }

    private void keep(TrainingSession session, int step, double loss, OptionalDouble scored) {
        boolean byScore = scored.isPresent() && options.validation().select() == TrainingOptions.Select.METRIC;
        double now = scored.orElse(Double.NaN);
        boolean better =
                best == null || (byScore && now > bestScore) || ((!byScore || now == bestScore) && loss < bestLoss);
        if (!better) {
            worse++;
            return;
        }
        worse = 0;
        bestLoss = loss;
        bestScore = now;
        bestStep = step;
        ByteBuffer copy = best;
        if (copy == null) {
            copy = memory.zeros((long) trainable.parameters().size() * Float.BYTES);
            best = copy;
        }
        copy.asFloatBuffer().put(session.parameters());
    }

    private Snapshot snapshot(TrainingSession session) {
        List<ByteBuffer> vectors = new ArrayList<>(session.state().values());
        ByteBuffer kept = best;
        if (kept != null) {
            vectors.add(kept);
        }
        return new Snapshot(key, (int) session.steps(), bestLoss, bestScore, bestStep, worse, vectors);
    }

    /** Takes up the state in the folder, if there is one; gives the steps made. */
    private int resume(TrainingSession session) {
        if (options.files().outputDir().isEmpty()) {
            return 0;
        }
        Path folder = options.files().outputDir().get();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new TrainingException("cannot make the folder " + folder + ": " + e.getMessage(), e);
        }
        List<ByteBuffer> state = List.copyOf(session.state().values());
        List<Integer> sizes =
                new ArrayList<>(state.stream().map(ByteBuffer::capacity).toList());
        sizes.add(trainable.parameters().size() * Float.BYTES);
        Optional<Snapshot> found = Snapshot.read(folder, key, sizes, memory);
        if (found.isEmpty()) {
            return 0;
        }
        Snapshot snapshot = found.get();
        for (int i = 0; i < state.size(); i++) {
            state.get(i).duplicate().clear().put(snapshot.vectors().get(i).clear());
        }
        session.resumeAt(snapshot.step());
        bestLoss = snapshot.bestLoss();
        bestScore = snapshot.bestScore();
        bestStep = snapshot.bestStep();
        worse = snapshot.worse();
        if (snapshot.vectors().size() > state.size()) {
            best = snapshot.vectors().get(state.size()).order(ByteOrder.nativeOrder());
        }
        boolean enough = options.validation().patience() > 0
                && worse >= options.validation().patience();
        return enough ? plan.steps() : snapshot.step();
    }
}
