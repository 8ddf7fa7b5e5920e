package dev.llmadapt.pilot;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.json.JsonFields;
import dev.llmadapt.pilot.json.OutcomeJson;
import dev.llmadapt.pilot.measurement.Outcome;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.strategy.TrainedFolder;
import dev.llmadapt.pilot.task.Stratified;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adapts and asks, by the journal: what it holds is not done again, and a model is adapted only when something is missing.
 * What the catalog adapts without training is a thin layer over the one base model: it stays open between the rungs, one of
 * each candidate at most, until {@link #release}. What was trained is loaded again, so that no adapter slows down the others,
 * and so is a strategy of someone else's, of which nobody knows what it holds.
 */
final class Measuring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Measuring.class);

    private final Model model;
    private final Task task;
    private final Journal journal;
    private final Path folder;
    private final Progress progress;
    private final LongSupplier clock;
    private final long seed;
    private final Map<String, Open> untrained = new LinkedHashMap<>();

    Measuring(Model model, Task task, Journal journal, Path folder, Progress progress, LongSupplier clock, long seed) {
        this.model = model;
        this.task = task;
        this.journal = journal;
        this.folder = folder;
        this.progress = progress;
        this.clock = clock;
        this.seed = seed;
    }

    long now() {
        return clock.getAsLong();
    }

    Journal journal() {
        return journal;
    }

    /** A candidate that learns from some of the examples. */
    Trial trial(Candidate candidate, int train, String label) {
        return new Trial(candidate, candidate.name(), train, limited(train), "", label);
    }

    /** The same for another task, on what was trained for this one. */
    Trial trial(Candidate candidate, int train, Task other, String variant) {
        return new Trial(candidate, candidate.name(), train, other, variant, variant + " " + candidate.name());
    }

    /** The same with another seed; whatever trains, trains anew. */
    Trial reseeded(Candidate candidate, int train) {
        Candidate other = candidate.withSeed(seed + 1);
        return new Trial(
                other, candidate.name() + " seed+1", train, limited(train), "seed", "seed " + candidate.name());
    }

    Task limited(int train) {
        return task.withExamples(Stratified.sample(task.examples(), Math.max(train, 1), seed));
    }

    /** An adapted model. */
    private static final class Open {
        private final Model model;
        private final int train;
        private boolean warm;

        /** With the number of examples it could learn from. */
        Open(Model model, int train) {
            this.model = model;
            this.train = train;
        }
    }

    /** A candidate will not be asked again: what it adapted is closed. */
    void release(Candidate candidate) {
        Open open = untrained.remove(candidate.name());
        if (open != null) {
            open.model.close();
        }
    }

    /** Closes every model, whatever becomes of the others. */
    @Override
    public void close() {
        RuntimeException first = null;
        for (Open open : untrained.values()) {
            try {
                open.model.close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        untrained.clear();
        if (first != null) {
            throw first;
        }
    }

    private TrainedFolder kept(String name, int train) {
        return TrainedFolder.in(folder, name, train);
    }

    /** A reason to reopen what was adapted; its key stands in journals. */
    enum Purpose {
        /** For serving, stability in wording, and freshness. */
        DIAGNOSTICS(""),
        /** For comparing seeds. */
        SEEDS("seed");

        private final String key;

        Purpose(String key) {
            this.key = key;
        }
    }

    /** A candidate at work. */
    final class Trial implements AutoCloseable {
        private final Candidate candidate;
        private final String name;
        private final int train;
        private final Task own;
        private final String variant;
        private final String label;
        private @Nullable Open adapted;
        private long adaptNanos;

        Trial(Candidate candidate, String name, int train, Task own, String variant, String label) {
            this.candidate = candidate;
            this.name = name;
            this.train = train;
            this.own = own;
            this.variant = variant;
            this.label = label;
        }

        /** Adapts, and measures how long it takes the first time; a failure is remembered too. */
        void adapt() {
            String key = key("adapt", "");
            JsonObject entry = journal.once(key, () -> {
                JsonObject made = new JsonObject();
                long before = trains() ? kept(name, train).spentNanos() : 0;
                long start = clock.getAsLong() - before;
                try {
                    open();
                } catch (Interrupted e) {
                    throw e;
                } catch (RuntimeException e) {
                    requireNotInterrupted();
                    made.addProperty("error", line(name, e));
                }
                made.addProperty("nanos", clock.getAsLong() - start);
                return made;
            });
            adaptNanos = entry.get("nanos").getAsLong();
            if (entry.has("error")) {
                throw new LlmAdaptException(entry.get("error").getAsString());
            }
        }

        /**
         * Adapts once more what was adapted before, and counts the time that takes.
         *
         * @param purpose tells apart what it is reopened for, so that each counts
         */
        void reopen(Purpose purpose) {
            journal.once(key("reopened", purpose.key), () -> {
                JsonObject entry = new JsonObject();
                long start = clock.getAsLong();
                open();
                entry.addProperty("nanos", clock.getAsLong() - start);
                return entry;
            });
        }

        long adaptNanos() {
            return adaptNanos;
        }

        /** One answer to each. */
        List<Outcome> answers(List<Example> tests) {
            progress.report("evaluate " + label, 0, tests.size());
            List<Outcome> outcomes = new ArrayList<>(tests.size());
            for (Example example : tests) {
                outcomes.add(answer(example, own.request(example.input()), "", own.metric()::score));
                progress.report("evaluate " + label, outcomes.size(), tests.size());
            }
            return outcomes;
        }

        /** An answer to a request about an example. */
        Outcome answer(Example example, Request request, String part, Scoring scoring) {
            JsonObject entry =
                    journal.once(key("answer", part + "|" + example.id()), () -> entry(ask(example, request, scoring)));
            return outcome(entry);
        }

        private Outcome ask(Example example, Request request, Scoring scoring) {
            Model ready = ready(request);
            long start = clock.getAsLong();
            Generation generation;
            try {
                generation = ready.generate(request);
            } catch (RuntimeException e) {
                requireNotInterrupted();
                Duration took = Duration.ofNanos(clock.getAsLong() - start);
                return new Outcome(example.id(), example.output(), "", 0, took, 0, 0, line(example.id(), e));
            }
            Duration took = Duration.ofNanos(clock.getAsLong() - start);
            if (generation.finishReason() == FinishReason.INTERRUPTED) {
                throw new Interrupted();
            }
            requireNotInterrupted();
            return new Outcome(
                    example.id(),
                    example.output(),
                    generation.text(),
                    scoring.score(example.output(), generation.text()),
                    took,
                    generation.usage().promptTokens(),
                    generation.usage().completionTokens(),
                    "");
        }

        /** A piece of work on the adapted model. */
        JsonObject once(String what, Supplier<JsonObject> work) {
            return journal.once(key(what, ""), work);
        }

        /** The adapted model, warm, so that nobody pays for a cold start. */
        Model ready(Request warmUp) {
            Open open = open();
            if (!open.warm) {
                open.warm = true;
                try {
                    open.model.generate(warmUp);
                } catch (RuntimeException e) {
                    requireNotInterrupted();
                    LOG.debug("the first answer of {} failed", name, e);
                }
            }
            return open.model;
        }

        private Open open() {
            Open open = adapted;
            if (open != null) {
                return open;
            }
            if (shared()) {
                Open before = untrained.get(name);
                if (before != null && before.train == train) {
                    adapted = before;
                    return before;
                }
                release(candidate);
            }
            Progress adapting = (stage, done, total) -> {
                requireNotInterrupted();
                progress.report(stage + " " + label, done, total);
            };
            Strategy strategy = trains() ? candidate.keeping(kept(name, train).path()) : candidate;
            Open made = new Open(strategy.adapt(model, own, adapting), train);
            adapted = made;
            if (shared()) {
                untrained.put(name, made);
            }
            return made;
        }

        /** Whether the adapted model stays open for others that need the same. */
        private boolean shared() {
            return variant.isEmpty()
                    && !candidate.traits().trains()
                    && candidate.traits().family() != StrategyFamily.OTHER;
        }

        private boolean trains() {
            return candidate.traits().trains() && candidate.traits().keeps();
        }

        /** What was trained, on disk. */
        long artifactBytes() {
            return candidate.traits().keeps() ? kept(name, train).bytes() : 0;
        }

        private String key(String what, String part) {
            return what + "|" + name + "|" + train + "|" + variant + part;
        }

        @Override
        public void close() {
            Open open = adapted;
            adapted = null;
            if (open != null && !shared()) {
                open.model.close();
            }
        }
    }

    /** An outcome as a journal keeps it. */
    private static JsonObject entry(Outcome outcome) {
        JsonObject entry = new JsonObject();
        entry.addProperty("nanos", outcome.latency().toNanos());
        entry.add("outcome", OutcomeJson.write(outcome));
        return entry;
    }

    /** What {@link #entry} wrote. */
    private static Outcome outcome(JsonObject entry) {
        try {
            return OutcomeJson.read(JsonFields.member(entry, "outcome").getAsJsonObject());
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | UnsupportedOperationException
                | ArithmeticException e) {
            throw new LlmAdaptException("the journal is damaged: " + e.getMessage() + "; delete it to begin anew", e);
        }
    }

    /** What an answer is worth. */
    @FunctionalInterface
    interface Scoring {
        double score(String expected, String actual);
    }

    /**
     * What this process holds in memory, in bytes, without the heap's garbage; 0 where the system does not tell. An upper
     * bound of what the candidate needs: what earlier ones freed may not have gone back to the system.
     */
    static long residentBytes() {
        Runtime.getRuntime().gc();
        Path status = Path.of("/proc/self/status");
        try {
            for (String line : Files.readAllLines(status, StandardCharsets.UTF_8)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("resident memory is not known here", e);
        }
        return 0;
    }

    /** An exception as one line; one that is not an expected complaint is also logged, with its stack. */
    static String line(String what, RuntimeException e) {
        boolean expected = e instanceof IllegalArgumentException || e instanceof LlmAdaptException;
        if (!expected) {
            LOG.warn("'{}' failed unexpectedly", what, e);
        }
        String message = e.getMessage() == null ? "" : e.getMessage().strip().replaceAll("\\s*\\R\\s*", " ");
        return expected && !message.isEmpty() ? message : (e.getClass().getSimpleName() + " " + message).strip();
    }

    static void requireNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new Interrupted();
        }
    }

    /** The caller wants the run to end. */
    static final class Interrupted extends LlmAdaptException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        Interrupted() {
            super("the pilot was interrupted; nothing is reported");
        }
    }
}
