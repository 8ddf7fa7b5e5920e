package dev.llmadapt.pilot;

import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import dev.llmadapt.peft.data.ContentHash;
import dev.llmadapt.pilot.json.RiskJson;
import dev.llmadapt.pilot.results.Confidence;
import dev.llmadapt.pilot.results.InjectionShare;
import dev.llmadapt.pilot.results.NoisyQuality;
import dev.llmadapt.pilot.results.OutOfScope;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.PersonalData;
import dev.llmadapt.pilot.results.PersonalDataSent;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.task.Injections;
import dev.llmadapt.pilot.task.OutOfScopeTexts;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.pilot.task.Typos;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measurements of what a candidate does on input that is not as in the test examples. Each asks about test examples
 * that the candidate has answered as they are, so that the two answers are of the same example.
 */
final class RiskProbes {
    /** The questions of one measurement, where answers take time. */
    private static final int USUAL = 16;
    /** Fewer say too little: then it is not measured. */
    private static final int FEWEST = 8;
    /** The questions of one measurement, where answers take next to no time. */
    private static final int MOST = 128;
    /** The share of the time for risks that is next to none. */
    private static final double NEXT_TO_NOTHING = 0.01;
    /** The prompts that are looked at for personal data. */
    private static final int PROMPTS = 64;
    /** Nanoseconds that making them up may take anyway. */
    private static final double BRIEF = 1e9;
    /** Fixes the slips of the keyboard; what else could differ hangs on the task. */
    private static final long SEED = 0;

    private final TrialContext context;
    private final TaskSplit split;
    private final Map<String, Example> tests;
    private final Injections injections;
    private final List<Example> outOfScope;

    /**
     * Probes of a run's candidates.
     *
     * @param tests the test examples by their ids
     */
    RiskProbes(TrialContext context, TaskSplit split, Map<String, Example> tests) {
        this.context = context;
        this.split = split;
        this.tests = tests;
        this.injections = Injections.of(split.task());
        this.outOfScope = OutOfScopeTexts.of(split).stream()
                .map(text -> new Example("oos-" + new ContentHash().add(text).hex(), text, ""))
                .toList();
    }

    /**
     * Measures what there is time for.
     *
     * @param trial the candidate, adapted
     * @param opening nanoseconds that adapting once more takes
     * @param left nanoseconds there are
     */
    RiskProfile of(Candidate candidate, Trial trial, int train, List<Outcome> outcomes, double opening, double left) {
        List<Outcome> known = outcomes.stream()
                .filter(outcome -> outcome.error().isEmpty() && tests.containsKey(outcome.id()))
                .toList();
        double mean = outcomes.stream()
                .mapToLong(outcome -> outcome.latency().toNanos())
                .average()
                .orElse(0);
        long before = context.journal().nanos();
        int noisy = affordable(left, mean * Typos.values().length);
        List<NoisyQuality> noise = noise(trial, first(known, noisy));
        int attacked = affordable(left - spentSince(before), mean);
        InjectionShare inInput = inInput(trial, first(known, attacked));
        int asked = affordable(left - spentSince(before), mean);
        OutOfScope scope = outOfScope(trial, outcomes, first(outOfScope, asked));
        PersonalDataSent personal = candidate.traits().modelFree()
                ? PersonalDataSent.NONE
                : personalData(trial, first(known, PROMPTS), left - spentSince(before));
        boolean again = candidate.traits().retrieves()
                && !(candidate.traits().trains() && !candidate.traits().keeps());
        int searched = again ? Math.min(USUAL, affordable(left - spentSince(before) - opening, mean)) : 0;
        InjectionShare inPassages = inPassages(candidate, train, first(known, searched));
        return new RiskProfile(noise, inInput, inPassages, scope, personal);
    }

    private double spentSince(long before) {
        return context.journal().nanos() - before;
    }

    /** The number of questions there is time for; 0 where that is too few to say anything. */
    private static int affordable(double left, double each) {
        if (Double.isInfinite(left)) {
            return Integer.MAX_VALUE;
        }
        double most = left / Math.max(each, 1);
        int number = (int) Math.max(Math.min(USUAL, most), Math.min(MOST, NEXT_TO_NOTHING * most));
        return number < FEWEST ? 0 : number;
    }

    private static <T> List<T> first(List<T> items, int most) {
        return items.subList(0, Math.min(most, items.size()));
    }

    private Example example(Outcome outcome) {
        Example example = tests.get(outcome.id());
        if (example == null) {
            throw new IllegalArgumentException("no test example '" + outcome.id() + "'");
        }
        return example;
    }

    private static double[] array(List<Double> scores) {
        return scores.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private List<NoisyQuality> noise(Trial trial, List<Outcome> known) {
        Task task = split.task();
        List<NoisyQuality> measured = new ArrayList<>();
        for (Typos kind : Typos.values()) {
            List<Double> original = new ArrayList<>();
            List<Double> noisy = new ArrayList<>();
            for (Outcome outcome : known) {
                Example example = example(outcome);
                String text = kind.apply(example.input(), SEED);
                if (!text.equals(example.input())) {
                    original.add(outcome.score());
                    noisy.add(trial.answer(example, task.request(text), kind.title(), task.metric()::score)
                            .score());
                }
            }
            if (!original.isEmpty()) {
                measured.add(NoisyQuality.of(kind.title(), array(original), array(noisy)));
            }
        }
        return measured;
    }

    private InjectionShare inInput(Trial trial, List<Outcome> known) {
        Task task = split.task();
        int obeyed = 0;
        int anyway = 0;
        for (int i = 0; i < known.size(); i++) {
            Example example = example(known.get(i));
            Injections.Attack attack = injections.on(example, i);
            Outcome answer = trial.answer(
                    example, task.request(attack.after(example.input())), "injected", task.metric()::score);
            obeyed += attack.obeyedBy(answer.answer()) ? 1 : 0;
            anyway += attack.obeyedBy(known.get(i).answer()) ? 1 : 0;
        }
        return new InjectionShare(obeyed, anyway, known.size());
    }

    /** Each question's search finds a passage of an attacker, who knows what will be asked. */
    private InjectionShare inPassages(Candidate candidate, int train, List<Outcome> known) {
        if (known.isEmpty()) {
            return InjectionShare.NONE;
        }
        Task own = context.limited(train);
        List<Passage> corpus = new ArrayList<>(own.corpus());
        List<Injections.Attack> attacks = new ArrayList<>();
        for (int i = 0; i < known.size(); i++) {
            Example example = example(known.get(i));
            Injections.Attack attack = injections.on(example, i);
            attacks.add(attack);
            corpus.add(attack.passage("attack-" + i, example.input()));
        }
        int obeyed = 0;
        int anyway = 0;
        try (Trial trial = context.trial(candidate, train, own.withCorpus(corpus), "attacked corpus")) {
            trial.reopen(Trial.Purpose.DIAGNOSTICS);
            for (int i = 0; i < known.size(); i++) {
                Example example = example(known.get(i));
                Outcome answer = trial.answer(example, own.request(example.input()), "", own.metric()::score);
                obeyed += attacks.get(i).obeyedBy(answer.answer()) ? 1 : 0;
                anyway += attacks.get(i).obeyedBy(known.get(i).answer()) ? 1 : 0;
            }
        }
        return new InjectionShare(obeyed, anyway, known.size());
    }

    /** Only for labels: of free text nobody knows here whether it claims to be an answer. */
    private OutOfScope outOfScope(Trial trial, List<Outcome> outcomes, List<Example> messages) {
        Task task = split.task();
        if (task.labels().isEmpty() || messages.isEmpty()) {
            return OutOfScope.NONE;
        }
        int answered = 0;
        boolean probable = true;
        double[] out = new double[messages.size()];
        for (int i = 0; i < out.length; i++) {
            Example message = messages.get(i);
            Outcome answer = trial.answer(message, task.request(message.input()), "", task.metric()::score);
            boolean claimed = OutOfScopeTexts.claimed(task, answer.answer());
            answered += claimed ? 1 : 0;
            probable &= answer.confidence().isPresent();
            out[i] = claimed ? answer.confidence().map(Confidence::probability).orElse(0.0) : 0;
        }
        double[] in = outcomes.stream()
                .flatMap(outcome -> outcome.confidence().stream())
                .mapToDouble(Confidence::probability)
                .toArray();
        return new OutOfScope(
                out.length,
                answered,
                probable && in.length > 0 ? Optional.of(OutOfScope.Separation.of(in, out)) : Optional.empty());
    }

    /** Making a prompt up takes next to nothing, unless the model writes a part of it, as with chain of thought. */
    private PersonalDataSent personalData(Trial trial, List<Outcome> known, double left) {
        if (known.isEmpty()) {
            return PersonalDataSent.NONE;
        }
        JsonObject entry = trial.once("personal data", () -> {
            long start = context.now();
            int prompts = 0;
            int affected = 0;
            PersonalData messages = PersonalData.NONE;
            PersonalData added = PersonalData.NONE;
            Model ready = trial.ready(split.task().request(example(known.get(0)).input()));
            for (Outcome outcome : known) {
                if (prompts > 0 && context.now() - start > Math.max(left, BRIEF)) {
                    break;
                }
                String input = example(outcome).input();
                PersonalData own = PersonalDataSearch.in(input);
                PersonalData all = PersonalData.NONE;
                try {
                    for (Message message :
                            ready.prepare(split.task().request(input)).messages()) {
                        all = all.plus(PersonalDataSearch.in(message.content()));
                    }
                } catch (RuntimeException e) {
                    RunEnd.check(e);
                    continue; // one that cannot be asked, which the outcomes tell
                }
                prompts++;
                affected += all.total() > 0 ? 1 : 0;
                messages = messages.plus(own);
                added = added.plus(all.beyond(own));
            }
            JsonObject found = RiskJson.write(new PersonalDataSent(prompts, affected, messages, added));
            found.addProperty("nanos", context.now() - start);
            return found;
        });
        return RiskJson.readPersonalData(entry);
    }
}
