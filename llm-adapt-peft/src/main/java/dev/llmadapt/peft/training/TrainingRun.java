package dev.llmadapt.peft.training;

import dev.llmadapt.Device;
import dev.llmadapt.Progress;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.GraphSession;
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
    private BatchMaker batches;
    private Objective learned;
    private Objective measured;
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
     * @param learned items to learn, at least one
     * @param names of these items, for messages
     * @param validation items to measure, may be empty
     * @param progress hears of {@code reference}, where the items have one that is computed before the first step
     */
    public record Corpus(
            Checkpoint base,
            int context,
            Device device,
            Objective learned,
            List<String> names,
            Objective validation,
            Progress progress) {
        /** Texts whose tokens are learned. */
        public Corpus(
                Checkpoint base,
                int context,
                Device device,
                List<TrainingText> texts,
                List<String> names,
                List<TrainingText> validation) {
            this(base, context, device, new Texts(texts), names, new Texts(validation), Progress.NONE);
        }
    }

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
        this.learned = corpus.learned();
        this.measured = corpus.validation();
        this.plan = new TrainingPlan(learned, options);
        this.batches = new BatchMaker(corpus.base(), trainable, options.machine());
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
        TrainingGraph.Options graph = run.graph(Objective.texts(run.measured));
        try (run.memory;
                LossSession session = LossSession.open(
                        TrainingGraph.loss(corpus.base(), trainable, graph), parameters.remaining(), run.execution())) {
            session.parameters().put(parameters.duplicate());
            return Measured.logits(run.measured, trainable.labels(), run.batches, session);
        }
    }

    /** The options of the graphs; computes what enters them of some texts. */
    private TrainingGraph.Options graph(List<TrainingText> texts) {
        TrainingGraph.Options graph = new TrainingGraph.Options(
                        options.machine().precision(),
                        positions(),
                        corpus.context(),
                        options.machine().gradientCheckpointing())
                .withLoss(learned.loss(trainable))
                .withFirstLayer(trainable.firstLayer())
                .withDevice(corpus.device());
        int width = corpus.base().config().hiddenSize();
        if (graph.firstLayer() == 0 || !FrozenStates.fit(texts, width)) {
            return graph.withFirstLayer(0);
        }
        batches = batches.withStates(FrozenStates.of(memory, texts, corpus.base(), trainable, graph, execution()));
        return graph;
    }

    private FloatBuffer run() {
        List<TrainingText> texts = new ArrayList<>(Objective.texts(learned));
        texts.addAll(Objective.texts(measured));
        int size = trainable.parameters().size();
        try (memory) {
            TrainingGraph.Options graph = graph(texts);
            readReference(graph, size);
            return run(graph, size);
        }
    }

    private FloatBuffer run(TrainingGraph.Options graph, int size) {
        try (GraphSession.Weights weights = new GraphSession.Weights();
                TrainingSession session = open(graph, size, weights);
                LossSession validation = measured.size() == 0
                        ? null
                        : LossSession.open(
                                TrainingGraph.loss(corpus.base(), trainable, graph), size, execution(), weights)) {
            trainable.parameters().start(session.parameters());
            corpus.base().release(); // the sessions have taken what they need
            int done = resume(session);
            Optional<CurveFile> curve = options.files()
                    .outputDir()
                    .map(folder -> new CurveFile(folder, done, learned instanceof Preferences));
            go(session, validation, done, curve);
            ByteBuffer chosen = best;
            FloatBuffer result = FloatBuffer.allocate(size);
            result.put(chosen == null ? session.parameters() : chosen.asFloatBuffer());
            return result.flip();
        }
    }

    /** Before the training's own session is opened, so that never both are there. */
    private void readReference(TrainingGraph.Options graph, int size) {
        if (!(learned instanceof Preferences pairs)) {
            return;
        }
        try (LossSession session =
                LossSession.open(TrainingGraph.loss(corpus.base(), trainable, graph), size, execution())) {
            trainable.parameters().start(session.parameters());
            learned = ReferencePass.known(pairs, batches, session, corpus.progress());
            if (measured.size() > 0) {
                measured = ReferencePass.known((Preferences) measured, batches, session, corpus.progress());
            }
        }
    }

    /** The most places of a row, which the engine also wants the rotary tables to have. */
    private int positions() {
        int virtual = trainable.virtualTokens();
        int longest = 0;
        int row = 0;
        for (Objective items : List.of(learned, measured)) {
            longest = Math.max(longest, items.longestRow(false, 0));
            row = Math.max(row, items.longestRow(options.machine().packing(), virtual));
        }
        int made = corpus.base().config().contextLength();
        int most = longest + virtual + trainable.prefixTokens();
        if (most > made) {
            throw new TrainingException("a text has " + most + " tokens, virtual ones included, and "
                    + corpus.base().path() + " was made for " + made + "; lower maxLength");
        }
        return row + trainable.prefixTokens();
    }

    private Execution execution() {
        return Execution.of(options.machine().threads()).withDevice(corpus.device());
    }

    private TrainingSession open(TrainingGraph.Options graph, int size, GraphSession.Weights weights) {
        Checkpoint base = corpus.base();
        double norm = options.optimization().maxGradientNorm();
        return options.learning().batchSize() > options.machine().microBatchSize()
                ? TrainingSession.open(
                        TrainingGraph.accumulate(base, trainable, graph),
                        TrainingGraph.update(trainable, options.optimization().optimizer(), norm),
                        options.optimization().optimizer(),
                        size,
                        execution(),
                        weights)
                : TrainingSession.open(
                        TrainingGraph.step(
                                base, trainable, graph, options.optimization().optimizer(), norm),
                        options.optimization().optimizer(),
                        size,
                        execution(),
                        weights);
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
            List<Integer> items = epoch.get(step % perEpoch);
            double rate = plan.rate(step);
            TrainingSession.Step made;
            Optional<Rewards> rewards;
            int read;
            TrainingStepEvent recorded = new TrainingStepEvent();
            recorded.begin();
            long begun = System.nanoTime();
            try (NativeArena ofStep = new NativeArena()) {
                List<Objective.Ran> run = batches(ofStep, items);
                read = run.stream().mapToInt(each -> each.batch().tokens()).sum();
                tokens += read;
                made = session.step(run.stream().map(Objective.Ran::batch).toList(), rate);
                rewards = learned.rewards(run);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            recorded.record(step + 1, made.loss(), read);
            if (!made.made()) {
                throw diverged(step, items, made);
            }
            Measured found =
                    validation != null && due(step, steps, options.validation().evaluations())
                            ? measure(session, validation)
                            : Measured.NOTHING;
            OptionalDouble loss = found.loss();
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
                    found.score(),
                    rewards,
                    found.rewards(),
                    read,
                    took);
            if (loss.isPresent()) {
                if (!Double.isFinite(loss.getAsDouble())) {
                    throw new TrainingDiverged("the loss of the validation texts is " + loss.getAsDouble()
                            + " after step " + (step + 1) + ", though that of the step is " + made.loss()
                            + ": one of these texts, or a weight it alone meets, makes numbers that are not finite;"
                            + " look at the texts, or take a lower learning rate (it is "
                            + options.optimization().learningRate()
                            + ")");
                }
                keep(session, step + 1, loss.orElseThrow(), found.score());
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

    /** The validation items before the first step, by which one sees whether learning made anything better. */
    private TrainingEvent beginning(TrainingSession session, LossSession validation) {
        Measured found = measure(session, validation);
        return new TrainingEvent(
                0,
                plan.steps(),
                1,
                plan.rate(0),
                Double.NaN,
                Double.NaN,
                0,
                Duration.ZERO,
                found.loss(),
                found.score(),
                Optional.empty(),
                found.rewards(),
                0,
                Duration.ZERO);
    }

    private Measured measure(TrainingSession session, LossSession validation) {
        validation.parameters().put(session.parameters());
        Measured found = Measured.of(measured, trainable.labels(), batches, validation);
        return score == null
                ? found
                : new Measured(
                        found.loss(), OptionalDouble.of(score.applyAsDouble(session.parameters())), found.rewards());
    }

    /** Whether something that happens so many times happens after this step. */
    private static boolean due(int step, int steps, int times) {
        return (long) (step + 1) * times / steps > (long) step * times / steps;
    }

    private List<Objective.Ran> batches(NativeArena ofStep, List<Integer> step) {
        int total = step.stream().mapToInt(learned::weight).sum();
        return batches.runs(step).stream()
                .map(items -> new Objective.Ran(items, batches.batch(ofStep, learned, items, total)))
                .toList();
    }

    private TrainingException diverged(int step, List<Integer> items, TrainingSession.Step made) {
        String names =
                items.stream().map(item -> corpus.names().get(item)).limit(20).collect(Collectors.joining(", "));
        return new TrainingDiverged("training diverged in step " + (step + 1) + ": the loss is " + made.loss()
                + ", the gradient's norm " + made.norm() + "; its texts are " + names
                + "; the numbers are as before this step. Take a lower learning rate (it is "
                + options.optimization().learningRate()
                + "), or look at these texts");
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
