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
import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.Projection.TooLongException;
import dev.llmadapt.pilot.json.JsonFields;
import dev.llmadapt.pilot.json.OutcomeJson;
import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidate that learns from some examples, and answers. Each piece of its work has a key in the journal, made of
 * names and numbers; what it is called for people who watch its progress, the label, is no part of it.
 */
final class Trial implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Trial.class);

    private final TrialContext context;
    private final Candidate candidate;
    private final String name;
    private final int train;
    private final Task own;
    private final String variant;
    private final String label;
    private @Nullable AdaptedModel adapted;
    private long adaptNanos;

    Trial(TrialContext context, Candidate candidate, String name, int train, Task own, String variant, String label) {
        this.context = context;
        this.candidate = candidate;
        this.name = name;
        this.train = train;
        this.own = own;
        this.variant = variant;
        this.label = label;
    }

    /**
     * Adapts, and measures how long it takes the first time; a failure is remembered too.
     *
     * @param allowed the nanoseconds it may take; if its progress shows that it takes longer it is ended
     * @throws TooLongException if it takes longer
     */
    void adapt(double allowed) {
        String key = key("adapt", "");
        JsonObject entry = context.journal.once(key, () -> {
            JsonObject made = new JsonObject();
            long before = trains() ? context.kept(name, train).spentNanos() : 0;
            long start = context.clock.getAsLong() - before;
            try {
                open(new Projection(allowed, context.clock));
            } catch (TooLongException e) {
                made.addProperty("projected", e.nanos());
            } catch (RuntimeException e) {
                RunEnd.check(e);
                made.addProperty("error", line(name, e));
            }
            made.addProperty("nanos", context.clock.getAsLong() - start);
            return made;
        });
        adaptNanos = entry.get("nanos").getAsLong();
        if (entry.has("projected")) {
            throw new TooLongException(entry.get("projected").getAsDouble());
        }
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
        context.journal.once(key("reopened", purpose.key), () -> {
            JsonObject entry = new JsonObject();
            long start = context.clock.getAsLong();
            open();
            entry.addProperty("nanos", context.clock.getAsLong() - start);
            return entry;
        });
    }

    long adaptNanos() {
        return adaptNanos;
    }

    /** Answers some of the examples, from one to before another. */
    List<Outcome> answers(List<Example> tests, int from, int to) {
        context.progress.report(label + ": test examples", from, tests.size());
        List<Outcome> outcomes = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            Example example = tests.get(i);
            outcomes.add(answer(example, own.request(example.input()), "", own.metric()::score));
            context.progress.report(label + ": test examples", i + 1L, tests.size());
        }
        return outcomes;
    }

    /** An answer to a request about an example. */
    Outcome answer(Example example, Request request, String part, Scoring scoring) {
        JsonObject entry = context.journal.once(
                key("answer", part + "|" + example.id()), () -> entry(ask(example, request, scoring)));
        return outcome(entry);
    }

    private Outcome ask(Example example, Request request, Scoring scoring) {
        Model ready = ready(request);
        long start = context.clock.getAsLong();
        Generation generation;
        try {
            generation = ready.generate(request);
        } catch (RuntimeException e) {
            RunEnd.check(e);
            Duration took = Duration.ofNanos(context.clock.getAsLong() - start);
            return new Outcome(example.id(), example.output(), "", 0, took, 0, 0, line(example.id(), e));
        }
        Duration took = Duration.ofNanos(context.clock.getAsLong() - start);
        if (generation.finishReason() == FinishReason.INTERRUPTED) {
            throw new InterruptedRunException();
        }
        RunEnd.check();
        return new Outcome(
                example.id(),
                example.output(),
                generation.text(),
                scoring.score(example.output(), generation.text()),
                took,
                generation.usage().promptTokens(),
                generation.usage().completionTokens(),
                "",
                generation.decision().map(decision -> Confidence.of(decision, example.output())));
    }

    /** A piece of work on the adapted model. */
    JsonObject once(String what, Supplier<JsonObject> work) {
        return context.journal.once(key(what, ""), work);
    }

    /** The adapted model, warm, so that nobody pays for a cold start. */
    Model ready(Request warmUp) {
        AdaptedModel open = open();
        if (!open.warm) {
            open.warm = true;
            try {
                open.model.generate(warmUp);
            } catch (RuntimeException e) {
                RunEnd.check(e);
                LOG.debug("the first answer of {} failed", name, e);
            }
        }
        return open.model;
    }

    private AdaptedModel open() {
        return open(Progress.NONE);
    }

    private AdaptedModel open(Progress projection) {
        AdaptedModel open = adapted;
        if (open != null) {
            return open;
        }
        if (shared()) {
            AdaptedModel before = context.untrained.get(name);
            if (before != null && before.train == train) {
                adapted = before;
                return before;
            }
            context.release(candidate);
        }
        Progress adapting = (stage, done, total) -> {
            RunEnd.check();
            context.progress.report(label + ": " + stage, done, total);
            projection.report(stage, done, total);
        };
        Strategy strategy =
                trains() ? candidate.keeping(context.kept(name, train).path()) : candidate;
        context.adapted(candidate);
        AdaptedModel made = new AdaptedModel(strategy.adapt(context.model, own, adapting), train);
        adapted = made;
        if (shared()) {
            context.untrained.put(name, made);
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

    /** The bytes on disk of what was trained. */
    long artifactBytes() {
        return candidate.traits().keeps() ? context.kept(name, train).bytes() : 0;
    }

    /** The account of what a teacher was asked, where the strategy has one. */
    Optional<DistillationReport> teacher() {
        return candidate.traits().keeps() ? context.kept(name, train).teacher() : Optional.empty();
    }

    private String key(String what, String part) {
        return what + "|" + name + "|" + train + "|" + variant + part;
    }

    @Override
    public void close() {
        AdaptedModel open = adapted;
        adapted = null;
        if (open != null && !shared()) {
            open.model.close();
        }
    }

    /** An adapted model, with the number of examples it learned from. */
    static final class AdaptedModel {
        final Model model;
        private final int train;
        private boolean warm;

        AdaptedModel(Model model, int train) {
            this.model = model;
            this.train = train;
        }
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

    /** An outcome as a journal keeps it. */
    private static JsonObject entry(Outcome outcome) {
        JsonObject entry = new JsonObject();
        entry.addProperty("nanos", outcome.latency().toNanos());
        entry.add("outcome", OutcomeJson.write(outcome));
        return entry;
    }

    /** Reads what {@link #entry} wrote. */
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

    /** The score of an answer. */
    @FunctionalInterface
    interface Scoring {
        double score(String expected, String actual);
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
}
