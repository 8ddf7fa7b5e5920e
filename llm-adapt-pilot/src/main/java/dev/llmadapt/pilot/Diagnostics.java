package dev.llmadapt.pilot;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.distillation.DistillationReport;
import dev.llmadapt.pilot.Trial.Purpose;
import dev.llmadapt.pilot.results.CurvePoint;
import dev.llmadapt.pilot.results.Freshness;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.results.SentPrompt;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.results.Stability;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.Need;
import dev.llmadapt.pilot.strategy.UpdatableModel;
import dev.llmadapt.pilot.task.RobustnessProbes;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.pilot.task.WordOverlap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measurements of a candidate beside its quality: stability, risks, freshness, throughput, size; as far as time is
 * left.
 */
final class Diagnostics {
    private static final Logger LOG = LoggerFactory.getLogger(Diagnostics.class);
    private static final int PARAPHRASES = 10;
    private static final int FACTS = 8;
    private static final int PROMPTS = 2;
    private static final int FACT_TOKENS = 48;
    /** The share of the time left that may go to the risks. */
    private static final double FOR_RISKS = 0.2;

    private final TrialContext context;
    private final TaskSplit split;
    private final Map<String, Example> tests = new LinkedHashMap<>();
    private final StabilityProbes stability;
    private final RiskProbes risk;

    Diagnostics(TrialContext context, TaskSplit split) {
        this.context = context;
        this.split = split;
        split.test().forEach(example -> tests.put(example.id(), example));
        this.stability = new StabilityProbes(context, split, tests);
        this.risk = new RiskProbes(context, split, tests);
    }

    /**
     * Measures a candidate.
     *
     * @param left nanoseconds there are; what is expected to take longer is not measured
     */
    MeasurementDetails of(Candidate candidate, int train, List<Outcome> outcomes, List<CurvePoint> curve, double left) {
        double mean = outcomes.stream()
                .mapToLong(o -> o.latency().toNanos())
                .average()
                .orElse(0);
        long adapting = curve.get(curve.size() - 1).adaptTime().toNanos();
        double opening = candidate.traits().trains() ? 2e9 : adapting;
        long before = context.journal().nanos();
        JsonObject serving;
        Share paraphrase = Share.NONE;
        RiskProfile risks;
        try (Trial trial = context.trial(candidate, train, "probe: " + candidate.name())) {
            trial.reopen(Purpose.DIAGNOSTICS);
            serving = trial.once(
                    "serving",
                    () -> serving(candidate, trial, outcomes, opening + StabilityProbes.OTHERS * mean < left));
            if (opening + (StabilityProbes.OTHERS + 2 * PARAPHRASES) * mean < left) {
                paraphrase = measured(
                        () -> stability.paraphrases(
                                trial, outcomes, Double.isInfinite(left) ? Integer.MAX_VALUE : PARAPHRASES),
                        Share.NONE);
            }
            double spent = context.journal().nanos() - before;
            risks = measured(
                    () -> risk.of(candidate, trial, train, outcomes, opening, (left - spent) * FOR_RISKS),
                    RiskProfile.NONE);
        }
        double spent = context.journal().nanos() - before;
        Share rewording = opening + StabilityProbes.OTHERS * mean < left - spent
                ? measured(() -> stability.rewording(candidate, train, outcomes), Share.NONE)
                : Share.NONE;
        spent = context.journal().nanos() - before;
        // training once more is costly: what learned from the fewest examples is the one to repeat, unless there is no
        // budget
        CurvePoint first = curve.get(Double.isInfinite(left) ? curve.size() - 1 : 0);
        double again = first.adaptTime().toNanos() + StabilityProbes.OTHERS * mean;
        Share seed = again < (left - spent) / 3 || Double.isInfinite(left)
                ? measured(() -> stability.seeds(candidate, first.trainExamples(), outcomes), Share.NONE)
                : Share.NONE;
        spent = context.journal().nanos() - before;
        Freshness freshness =
                opening + 2 * FACTS * mean < left - spent ? freshness(candidate, train) : new Freshness(0, 0, 0);
        return new MeasurementDetails(
                candidate.traits().family(),
                train,
                serving.get("throughput").getAsDouble(),
                serving.get("artifactBytes").getAsLong(),
                serving.get("memoryBytes").getAsLong(),
                curve,
                new Stability(paraphrase, seed, rewording),
                freshness,
                prompts(serving),
                Optional.ofNullable(serving.get("teacher")).map(report -> DistillationReport.read(report.toString())),
                risks,
                Optional.empty(),
                serving.has("hosted") && serving.get("hosted").getAsBoolean(),
                Set.of());
    }

    /**
     * A measurement, or none where it fails: a longer instruction or an attacked passage may be more than the model's
     * context holds, which says nothing against the answers that the candidate gave.
     */
    private static <T> T measured(Supplier<T> measurement, T none) {
        try {
            return measurement.get();
        } catch (RuntimeException e) {
            RunEnd.check(e);
            LOG.debug("a measurement beside the quality failed", e);
            return none;
        }
    }

    private JsonObject serving(Candidate candidate, Trial trial, List<Outcome> outcomes, boolean together) {
        List<Request> requests = new ArrayList<>();
        for (Outcome outcome : outcomes.subList(0, Math.min(StabilityProbes.OTHERS, outcomes.size()))) {
            requests.add(split.task().request(input(outcome)));
        }
        candidate.freeOthers();
        long begin = context.now();
        Model ready = trial.ready(requests.get(0));
        double throughput = 0;
        if (together) {
            long start = context.now();
            try {
                ready.generate(requests);
                long nanos = context.now() - start;
                throughput = requests.size() / (Math.max(nanos, 1) / 1e9);
            } catch (RuntimeException e) {
                // one that cannot be answered, which the outcomes tell
                RunEnd.check(e);
            }
        }
        JsonArray prompts = new JsonArray();
        int prompted = candidate.traits().modelFree() ? 0 : Math.min(PROMPTS, requests.size());
        for (int i = 0; i < prompted; i++) {
            JsonObject prompt = new JsonObject();
            prompt.addProperty("id", outcomes.get(i).id());
            JsonArray messages = new JsonArray();
            try {
                for (Message message : ready.prepare(requests.get(i)).messages()) {
                    JsonObject one = new JsonObject();
                    one.addProperty("role", message.role().name());
                    one.addProperty("content", message.content());
                    messages.add(one);
                }
            } catch (RuntimeException e) {
                RunEnd.check(e);
            }
            prompt.add("messages", messages);
            prompts.add(prompt);
        }
        JsonObject entry = new JsonObject();
        entry.addProperty("nanos", context.now() - begin);
        entry.addProperty("throughput", throughput);
        entry.addProperty("artifactBytes", trial.artifactBytes());
        boolean modelFree = candidate.traits().modelFree();
        // beside a language model and the training of others what needs little cannot be told from the process's memory
        boolean known = !modelFree || context.isAlone(candidate);
        entry.addProperty("memoryBytes", known ? ResidentMemory.bytes() : 0);
        entry.addProperty("hosted", !modelFree && context.isElsewhere(candidate));
        entry.add("prompts", prompts);
        trial.teacher().ifPresent(report -> entry.add("teacher", JsonParser.parseString(report.json())));
        return entry;
    }

    private static List<SentPrompt> prompts(JsonObject serving) {
        List<SentPrompt> prompts = new ArrayList<>();
        for (JsonElement element : serving.getAsJsonArray("prompts")) {
            List<Message> messages = new ArrayList<>();
            for (JsonElement message : element.getAsJsonObject().getAsJsonArray("messages")) {
                JsonObject one = message.getAsJsonObject();
                messages.add(new Message(
                        Role.valueOf(one.get("role").getAsString()),
                        one.get("content").getAsString()));
            }
            prompts.add(new SentPrompt(element.getAsJsonObject().get("id").getAsString(), messages));
        }
        return prompts;
    }

    private Freshness freshness(Candidate candidate, int train) {
        Optional<RobustnessProbes.News> news = split.probes().news();
        // what chooses among labels knows nothing else to say
        if (news.isEmpty()
                || candidate.traits().needs().contains(Need.LABELS)
                || (candidate.traits().trains() && !candidate.traits().keeps())) {
            return new Freshness(0, 0, 0);
        }
        List<Example> questions = news.get().questions();
        questions = questions.subList(0, Math.min(FACTS, questions.size()));
        try (Trial trial = context.trial(candidate, train, news.get().before(), "news")) {
            trial.reopen(Purpose.DIAGNOSTICS);
            double before = facts(trial, questions, "before");
            Request any = fact(questions.get(0));
            // on a run that goes on nothing may be missing any more; opening costs time, so only where a corpus can
            // grow
            Optional<UpdatableModel> corpus =
                    candidate.traits().retrieves() ? trial.ready(any).unwrap(UpdatableModel.class) : Optional.empty();
            corpus.ifPresent(updatable -> updatable.update(news.get().passages()));
            double after = corpus.isPresent() ? facts(trial, questions, "after") : before;
            return new Freshness(before, after, questions.size());
        } catch (RuntimeException e) {
            RunEnd.check(e);
            return new Freshness(0, 0, 0);
        }
    }

    private static double facts(Trial trial, List<Example> questions, String when) {
        WordOverlap overlap = new WordOverlap();
        double sum = 0;
        for (Example question : questions) {
            sum += trial.answer(question, fact(question), when, overlap::score).score();
        }
        return sum / questions.size();
    }

    private static Request fact(Example question) {
        return Request.of(question.input())
                .withOptions(GenerationOptions.defaults().withMaxTokens(FACT_TOKENS));
    }

    private String input(Outcome outcome) {
        Example example = tests.get(outcome.id());
        return example == null ? "" : example.input();
    }
}
