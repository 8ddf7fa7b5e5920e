package dev.llmadapt.pilot;

import dev.llmadapt.Example;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.task.Stratified;
import dev.llmadapt.pilot.task.TaskSplit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Successive halving (Jamieson and Talwalkar 2016): all candidates on few examples, the better half and the best of
 * each family on more, until the time is spent. A candidate that answers in next to no time is not dropped.
 *
 * <p>What trains for long is worst on few examples and best on all, so rungs between that there is no time for are left
 * out: the best of each family of these goes on to as many examples as its share of the time allows.
 */
final class SuccessiveHalving {
    /** The share of the budget for all rungs; the rest is for stability, freshness and throughput. */
    private static final double RUNGS = 0.8;
    /** The share for the first rung, so that more candidates than there is time for leave something for the best. */
    private static final double FIRST = 0.4;
    /** Of what is left, the most that is kept back for those that do not train, which take little. */
    private static final double KEPT_BACK = 0.5;
    /**
     * The share of the budget that is too little to save: a candidate that answers the other tests within it goes on.
     */
    private static final double NEXT_TO_NOTHING = 0.002;

    private final TaskSplit split;
    private final List<Example> sample;
    private final Duration budget;
    private final long seed;

    /**
     * A run of successive halving.
     *
     * @param sample the test examples
     * @param budget zero for no limit: then each candidate goes through all rungs
     */
    SuccessiveHalving(TaskSplit split, List<Example> sample, Duration budget, long seed) {
        this.split = split;
        this.sample = sample;
        this.budget = budget;
        this.seed = seed;
    }

    /**
     * Runs all rungs.
     *
     * @param ruledOut gets those that there was no time for at all, with the reason
     * @return those that were measured, or failed, in the order of their first rung
     */
    Map<String, CandidateState> run(List<Candidate> candidates, TrialContext context, Map<String, String> ruledOut) {
        List<Rung> rungs = rungs();
        if (budget.isZero()) {
            return runAll(candidates, rungs, context);
        }
        Map<String, CandidateState> states = new LinkedHashMap<>();
        int place = 0;
        for (Candidate candidate : candidates) {
            place++;
            double expected = Estimate.firstRung(
                    candidate,
                    split.task().examples().size(),
                    split.unlabelled().size(),
                    states.values());
            double left = left(context, rungs.size() == 1 ? RUNGS : FIRST);
            if (expected > left) {
                ruledOut.put(candidate.name(), tooLong(expected, left));
            } else {
                CandidateState state = new CandidateState(candidate);
                measure(context, state, rungs.get(0), place + "/" + candidates.size());
                states.put(candidate.name(), state);
            }
        }
        List<CandidateState> active = List.copyOf(states.values());
        for (Rung rung : rungs.subList(1, rungs.size())) {
            Rung last = rungs.get(rungs.size() - 1);
            active = climb(rung, last, promoted(active, last), context);
        }
        return states;
    }

    /** Every candidate on every rung; what makes no use of more examples, on the last one. */
    private Map<String, CandidateState> runAll(List<Candidate> candidates, List<Rung> rungs, TrialContext context) {
        Map<String, CandidateState> states = new LinkedHashMap<>();
        int place = 0;
        for (Candidate candidate : candidates) {
            place++;
            CandidateState state = new CandidateState(candidate);
            states.put(candidate.name(), state);
            for (Rung rung : candidate.traits().learns() ? rungs : rungs.subList(rungs.size() - 1, rungs.size())) {
                state.error = ""; // too few examples may be no trouble once there are more
                measure(context, state, rung, place + "/" + candidates.size());
            }
        }
        return states;
    }

    /**
     * Measures the beginning of the learning curve of a candidate that got all examples at once, on the first few
     * tests.
     *
     * @param left nanoseconds there are
     */
    void complete(CandidateState state, TrialContext context, double left) {
        Candidate.Traits traits = state.candidate.traits();
        if (!traits.learns() || traits.costly() || budget.isZero()) {
            return;
        }
        long before = context.journal().nanos();
        List<Rung> rungs = rungs();
        List<Example> tests = Stratified.sample(sample, rungs.get(0).tests(), seed);
        for (Rung rung : rungs.subList(0, rungs.size() - 1)) {
            double expected = state.adaptNanos + state.meanNanos() * tests.size();
            if (rung.train() < traits.shots()
                    || expected > left - (context.journal().nanos() - before)) {
                continue;
            }
            try (Trial trial = context.trial(state.candidate, rung.train(), "curve " + state.candidate.name())) {
                trial.adapt();
                state.before(rung.train(), trial.answers(tests), trial.adaptNanos());
            } catch (InterruptedRunException e) {
                throw e;
            } catch (RuntimeException e) {
                // a point less; what it does with all examples is known
                InterruptedRunException.check();
            }
        }
    }

    private List<Rung> rungs() {
        return Rung.all(split.task().examples().size(), sample.size());
    }

    /**
     * The better half, the best of each family, and those that take next to no time: those that do not train for long,
     * then the best that do, then the others.
     */
    private List<CandidateState> promoted(List<CandidateState> measured, Rung last) {
        List<CandidateState> order = measured.stream()
                .filter(state -> state.error.isEmpty())
                .sorted(Comparator.comparingDouble((CandidateState state) -> -state.quality())
                        .thenComparingDouble(CandidateState::meanNanos))
                .toList();
        Map<StrategyFamily, CandidateState> heads = new EnumMap<>(StrategyFamily.class);
        order.forEach(state -> heads.putIfAbsent(state.family(), state));
        List<CandidateState> promoted = new ArrayList<>(order.subList(0, (order.size() + 1) / 2));
        order.stream()
                .filter(state -> !promoted.contains(state))
                .filter(state -> heads.containsValue(state) || takesNextToNothing(state, last))
                .forEach(promoted::add);
        promoted.sort(Comparator.comparingInt(state -> state.trainsLong() ? heads.containsValue(state) ? 1 : 2 : 0));
        return promoted;
    }

    private boolean takesNextToNothing(CandidateState state, Rung last) {
        return !state.candidate.traits().costly()
                && state.expected(last.train(), last.tests()) <= NEXT_TO_NOTHING * budget.toNanos();
    }

    /** Takes the promoted candidates to a rung, or beyond it. */
    private List<CandidateState> climb(Rung rung, Rung last, List<CandidateState> promoted, TrialContext context) {
        List<CandidateState> next = new ArrayList<>();
        for (int i = 0; i < promoted.size(); i++) {
            CandidateState state = promoted.get(i);
            if (state.trainsLong() && state.trainExamples >= rung.train()) {
                next.add(state);
                continue;
            }
            double left = left(context, RUNGS);
            Rung target = rung;
            if (state.trainsLong() && state.expected(last.train(), last.tests()) * 2 > share(left, promoted, i, last)) {
                target = farthest(state, rung, last, share(left, promoted, i, last));
            }
            double expected = state.expected(target.train(), target.tests());
            if (expected > left) {
                state.note = tooLong(expected, left);
            } else {
                measure(context, state, target, i + 1 + "/" + promoted.size());
                if (state.error.isEmpty()) {
                    next.add(state);
                }
            }
        }
        return next;
    }

    /**
     * The part of the time left that one candidate that trains may take; what the others are expected to need is kept
     * back.
     */
    private static double share(double left, List<CandidateState> promoted, int at, Rung last) {
        double others = promoted.stream()
                .filter(other -> !other.trainsLong())
                .mapToDouble(other -> other.expected(last.train(), last.tests()))
                .sum();
        long families = promoted.subList(at, promoted.size()).stream()
                .filter(CandidateState::trainsLong)
                .filter(other -> other.trainExamples < last.train())
                .map(CandidateState::family)
                .distinct()
                .count();
        return (left - Math.min(others, KEPT_BACK * left)) / Math.max(1, families);
    }

    /**
     * All tests after the most examples that there is time for: all, or what a rung has, doubled as often as possible.
     */
    private static Rung farthest(CandidateState state, Rung rung, Rung last, double share) {
        if (state.expected(last.train(), last.tests()) <= share) {
            return last;
        }
        Rung farthest = new Rung(rung.train(), last.tests());
        while (2 * farthest.train() < last.train()) {
            Rung twice = new Rung(2 * farthest.train(), last.tests());
            if (state.expected(twice.train(), twice.tests()) > share) {
                break;
            }
            farthest = twice;
        }
        return farthest;
    }

    private void measure(TrialContext context, CandidateState state, Rung rung, String place) {
        Candidate candidate = state.candidate;
        // what pays nothing for examples gets all of them at once, as it would be used
        int all = split.task().examples().size();
        boolean few = budget.isZero()
                ? candidate.traits().learns()
                : candidate.traits().costly();
        int train =
                few ? Math.min(all, Math.max(rung.train(), candidate.traits().shots())) : all;
        List<Example> tests = Stratified.sample(sample, rung.tests(), seed);
        try (Trial trial = context.trial(candidate, train, place + " " + candidate.name())) {
            trial.adapt();
            List<Outcome> outcomes = trial.answers(tests);
            if (outcomes.stream().noneMatch(outcome -> outcome.error().isEmpty())) {
                state.error =
                        "every answer failed, the first: " + outcomes.get(0).error();
                return;
            }
            state.reached(train, outcomes, trial.adaptNanos());
        } catch (InterruptedRunException e) {
            throw e;
        } catch (RuntimeException e) {
            InterruptedRunException.check();
            if (state.outcomes.isEmpty()) {
                state.error = Trial.line(candidate.name(), e);
            } else {
                state.note = "failed with " + train + " examples: " + Trial.line(candidate.name(), e);
            }
        }
    }

    private double left(TrialContext context, double part) {
        if (budget.isZero()) {
            return Double.POSITIVE_INFINITY;
        }
        return Math.max(0, budget.toNanos() * part - context.journal().nanos());
    }

    private String tooLong(double expected, double left) {
        String whole = budget.toMinutes() >= 2 ? budget.toMinutes() + " min" : budget.toSeconds() + " s";
        return String.format(
                Locale.ROOT,
                "the budget of %s did not reach to it: %.0f s expected, %.0f s left for it",
                whole,
                expected / 1e9,
                left / 1e9);
    }
}
