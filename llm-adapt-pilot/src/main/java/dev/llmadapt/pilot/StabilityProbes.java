package dev.llmadapt.pilot;

import dev.llmadapt.Example;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.Trial.Purpose;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.Share;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.task.TaskSplit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measurements of how often a candidate's answer stays the same where it should. */
final class StabilityProbes {
    /** The number of questions that are asked once more. */
    static final int OTHERS = 8;

    private final TrialContext context;
    private final TaskSplit split;
    private final Map<String, Example> tests;

    /**
     * Probes of a run's candidates.
     *
     * @param tests the test examples by their ids
     */
    StabilityProbes(TrialContext context, TaskSplit split, Map<String, Example> tests) {
        this.context = context;
        this.split = split;
        this.tests = tests;
    }

    /** Answers to other wordings of the questions, compared with those to the questions. */
    Share paraphrases(Trial trial, List<Outcome> outcomes, int most) {
        Map<String, Outcome> known = new HashMap<>();
        outcomes.forEach(outcome -> known.put(outcome.id(), outcome));
        List<Example> asked = new ArrayList<>();
        // those that were answered already come first: they cost one answer and not two
        for (boolean answered : new boolean[] {true, false}) {
            for (Example example : tests.values()) {
                if (asked.size() < most
                        && known.containsKey(example.id()) == answered
                        && split.probes().paraphrases().containsKey(example.id())) {
                    asked.add(example);
                }
            }
        }
        Task task = split.task();
        int same = 0;
        for (Example example : asked) {
            Outcome original = known.get(example.id());
            if (original == null) {
                original = trial.answer(example, task.request(example.input()), "", task.metric()::score);
            }
            String other = split.probes()
                    .paraphrases()
                    .getOrDefault(example.id(), List.of())
                    .get(0);
            same += same(original, trial.answer(example, task.request(other), "paraphrase", task.metric()::score))
                    ? 1
                    : 0;
        }
        return new Share(same, asked.size());
    }

    /** Answers under another wording of the instruction, compared with those given. */
    Share rewording(Candidate candidate, int train, List<Outcome> outcomes) {
        if (candidate.traits().trains() && !candidate.traits().keeps()) {
            return Share.NONE;
        }
        Task whole = context.limited(train);
        Task reworded = whole.withInstruction(reword(whole.instruction()));
        try (Trial trial = context.trial(candidate, train, reworded, "reworded")) {
            trial.reopen(Purpose.DIAGNOSTICS);
            return alike(trial, reworded, outcomes);
        }
    }

    private static String reword(String instruction) {
        String plain = instruction.strip();
        return "Here is your task. " + plain + (plain.endsWith(".") ? "" : ".") + " Take care to do exactly this.";
    }

    /** Answers after adapting with two seeds, compared with each other. */
    Share seeds(Candidate candidate, int train, List<Outcome> outcomes) {
        if (!candidate.traits().seeded()) {
            return Share.NONE;
        }
        if (!candidate.traits().learns() && candidate.withSeed(1).equals(candidate.withSeed(2))) {
            return Share.NONE;
        }
        try (Trial first = context.trial(candidate, train, "another seed: " + candidate.name());
                Trial second = context.reseeded(candidate, train)) {
            first.reopen(Purpose.SEEDS);
            second.reopen(Purpose.SEEDS);
            Task task = split.task();
            int same = 0;
            int of = 0;
            for (Outcome outcome : outcomes.subList(0, Math.min(OTHERS, outcomes.size()))) {
                Example example = tests.get(outcome.id());
                if (example == null) {
                    continue;
                }
                Request request = task.request(example.input());
                Outcome a = first.answer(example, request, "", task.metric()::score);
                Outcome b = second.answer(example, request, "", task.metric()::score);
                of++;
                same += same(a, b) ? 1 : 0;
            }
            return new Share(same, of);
        }
    }

    private Share alike(Trial trial, Task task, List<Outcome> outcomes) {
        int same = 0;
        List<Outcome> some = outcomes.subList(0, Math.min(OTHERS, outcomes.size()));
        for (Outcome outcome : some) {
            Example example = tests.get(outcome.id());
            if (example != null) {
                Outcome other = trial.answer(example, task.request(example.input()), "", task.metric()::score);
                same += same(outcome, other) ? 1 : 0;
            }
        }
        return new Share(same, some.size());
    }

    private static boolean same(Outcome a, Outcome b) {
        return a.answer()
                .strip()
                .toLowerCase(Locale.ROOT)
                .equals(b.answer().strip().toLowerCase(Locale.ROOT));
    }
}
