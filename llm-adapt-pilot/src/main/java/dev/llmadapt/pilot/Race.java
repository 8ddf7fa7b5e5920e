package dev.llmadapt.pilot;

import dev.llmadapt.Example;
import dev.llmadapt.pilot.Projection.TooLongException;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.PairedDifference;
import dev.llmadapt.pilot.statistics.PairedSequence;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Variants;
import dev.llmadapt.pilot.task.TaskSplit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The spending of a budget: a race (Maron and Moore 1994), in which a candidate that is shown to be worse than the
 * leader is asked no more.
 *
 * <ol>
 *   <li>What answers without a language model learns from all examples and answers all tests.
 *   <li>What reads every example once with one, and learns from that in seconds, answers {@value #PROBE} tests, which
 *       show how long an answer takes; then, while it is not shown to be worse, more of them in rounds that do not take
 *       much of the time left.
 *   <li>What prompts a language model does the same; then the best of all answers all tests.
 *   <li>What trains for long learns from all examples, if its first steps show that there is time for it; it is not
 *       trained on a part of them, since that would tell nothing about it.
 *   <li>Who is still not shown to be worse answers the other tests, in the same rounds, as long as there is time.
 *   <li>Of those, up to two get a {@link Refinement}; what it finds runs like the others.
 * </ol>
 *
 * <p>A candidate is stopped when the evidence holds at any moment (decision 0116), with a part of the error that
 * {@link dev.llmadapt.pilot.recommendation.Recommendation} leaves for that. A {@link LearningCurve} is measured
 * afterwards.
 */
final class Race {
    /** The share of the budget for the race; the rest is for stability, freshness, throughput and curves. */
    private static final double SHARE = 0.85;

    private static final int MODEL_FREE = 0;
    private static final int QUICK = 1;
    private static final int PROMPTS = 2;
    private static final int LONG = 3;
    private static final int STEP = 8;
    /** The tests that show how long an answer takes. */
    private static final int PROBE = 2;
    /** Nanoseconds that are too few to save: who answers all other tests within them is not stopped. */
    private static final double LITTLE = 1e9;
    /** The part of the time left that a candidate may take in a round before what trains has its turn. */
    private static final double PART = 0.15;
    /**
     * As {@link #PART}, for the last round; the best candidate may take all, since a verdict that names it needs its
     * tests.
     */
    private static final double LAST_PART = 0.25;
    /** The tests of a turn in which it is settled who may be better. */
    private static final int TURN = 64;
    /** Who may be better by no more than this need not be asked more. */
    private static final double SETTLED = 0.02;

    private static final double Z = 2.5;
    /** The error allowed, over all candidates, that the one which is stopped is not worse. */
    private static final double ERROR = 0.01;

    /** Who answered fewer tests for lack of time is not reported as measured. */
    private static final int FEWEST = 24;
    /** The tests that were answered after each round but the last, whose end is all. */
    private static final int[] ROUNDS = {FEWEST, 64, 256};

    private final TaskSplit split;
    private final List<Example> tests;
    private final Duration budget;
    private final BudgetWords limit;
    private final Refinement refinement;
    private final List<Candidate> found = new ArrayList<>();
    private final Map<String, CandidateState> states = new LinkedHashMap<>();
    private double shortestTraining = Double.POSITIVE_INFINITY;
    private int candidates;

    /**
     * A race.
     *
     * @param tests the test examples, in the order in which they are asked: a random one
     * @param budget zero for no limit: then nobody is stopped
     * @param wordings proposes other wordings of the instruction for those that are not shown to be worse
     */
    Race(TaskSplit split, List<Example> tests, Duration budget, Variants wordings) {
        this.refinement = new Refinement(split.task(), tests.size(), wordings);
        this.split = split;
        this.tests = tests;
        this.budget = budget;
        this.limit = new BudgetWords(budget);
    }

    /**
     * Runs the race.
     *
     * @param ruledOut gets those that there was no time for, with the reason
     * @return those that were measured, or failed
     */
    Map<String, CandidateState> run(List<Candidate> all, TrialContext context, Map<String, String> ruledOut) {
        // who is stopped early must be shown to be worse beside those that a search may add
        candidates = all.size()
                + (int) all.stream()
                        .filter(refinement::applies)
                        .limit(Refinement.MOST)
                        .count();
        List<Candidate> order =
                all.stream().sorted(Comparator.comparingInt(Race::stage)).toList();
        int stage = MODEL_FREE;
        int place = 0;
        for (Candidate candidate : order) {
            if (stage < stage(candidate)) {
                stage = stage(candidate);
                rounds(context, stage == LONG);
            }
            place++;
            begin(candidate, context, place + " of " + all.size(), ruledOut);
        }
        finish(context);
        refine(context, ruledOut);
        states.values().stream()
                .filter(state -> state.error.isEmpty() && !state.beaten)
                .filter(state -> state.outcomes.size() < Math.min(FEWEST, tests.size()))
                .toList()
                .forEach(state -> {
                    // too few to be compared by
                    states.remove(state.candidate.name());
                    ruledOut.put(state.candidate.name(), limit.ended(state.outcomes.size()));
                });
        return states;
    }

    /** What was found for candidates that were not shown to be worse, in the order in which it was. */
    List<Candidate> found() {
        return List.copyOf(found);
    }

    /** Searches for those that answered all tests and are not shown to be worse, the best first. */
    private void refine(TrialContext context, Map<String, String> ruledOut) {
        List<CandidateState> survivors = states.values().stream()
                .filter(state -> state.error.isEmpty() && state.outcomes.size() == tests.size())
                .filter(state -> refinement.applies(state.candidate) && !beaten(state))
                .sorted(Comparator.comparingDouble(state -> -state.quality()))
                .limit(Refinement.MOST)
                .toList();
        for (CandidateState state : survivors) {
            Set<String> taken = new HashSet<>(states.keySet());
            taken.addAll(ruledOut.keySet());
            refinement.better(state, context, left(context), taken).ifPresent(better -> {
                found.add(better);
                begin(better, context, "found by the search", ruledOut);
            });
        }
        if (!found.isEmpty()) {
            finish(context);
        }
    }

    /** The nanoseconds that the tests which a candidate has not answered are expected to take. */
    private double others(CandidateState state) {
        return until(state, tests.size());
    }

    /** The nanoseconds that a candidate is expected to take until it has answered so many tests. */
    private static double until(CandidateState state, int count) {
        return state.meanNanos() * (count - state.outcomes.size());
    }

    /** The stage in which a candidate takes its turn. */
    private static int stage(Candidate candidate) {
        Candidate.Traits traits = candidate.traits();
        return switch (traits.training()) {
            case LONG -> LONG;
            case QUICK -> traits.modelFree() ? MODEL_FREE : QUICK;
            case NONE -> traits.modelFree() ? MODEL_FREE : PROMPTS;
        };
    }

    /** Lets a candidate learn from all examples, and answer tests. */
    private void begin(Candidate candidate, TrialContext context, String label, Map<String, String> ruledOut) {
        double left = left(context);
        double expected = Estimate.learning(
                candidate,
                split.task().examples().size(),
                split.unlabelled().size(),
                states.values(),
                shortestTraining);
        if (expected > left) {
            ruledOut.put(candidate.name(), left < LITTLE ? limit.spent() : limit.tooLong(expected, left));
            return;
        }
        CandidateState state = new CandidateState(candidate);
        double allowed = state.trainsLong() ? left - Estimate.reading(states.values()) * most() : left;
        if (allowed <= 0) {
            ruledOut.put(candidate.name(), limit.spent());
            return;
        }
        try (Trial trial = trial(state, context, label)) {
            trial.adapt(allowed);
            if (state.trainsLong()) {
                shortestTraining = Math.min(shortestTraining, (double) trial.adaptNanos());
            }
            boolean inRounds = (stage(candidate) == QUICK || stage(candidate) == PROMPTS) && !budget.isZero();
            ask(trial, state, inRounds ? Math.min(PROBE, tests.size()) : tests.size(), context);
            if (inRounds && others(state) <= LITTLE) {
                ask(trial, state, tests.size(), context);
            } else if (inRounds && until(state, STEP) <= PART * left(context)) {
                ask(trial, state, Math.min(STEP, tests.size()), context);
            }
        } catch (TooLongException e) {
            if (state.trainsLong()) {
                shortestTraining = Math.min(shortestTraining, e.nanos());
            }
            ruledOut.put(candidate.name(), limit.tooLong(e.nanos(), left));
            return;
        } catch (RuntimeException e) {
            RunEnd.check(e);
            state.failed(Trial.line(candidate.name(), e));
        }
        states.put(candidate.name(), state);
    }

    /** The tests that who is not shown to be worse has answered before the last round. */
    private int most() {
        return Math.min(ROUNDS[ROUNDS.length - 1], tests.size());
    }

    /** Lets those that are not shown to be worse answer other tests, with all the time that is left. */
    private void finish(TrialContext context) {
        rounds(context, true);
        settle(context);
        round(context, FEWEST, tests.size(), true);
        round(context, 0, FEWEST, true);
        round(context, 0, tests.size(), true);
    }

    /**
     * Lets those that may still be better than the leader answer more tests, in each turn the one that may be better by
     * most (the challenger of LUCB, Kalyanakrishnan et al. 2012), until none may be by more than a little.
     */
    private void settle(TrialContext context) {
        Set<CandidateState> slow = new HashSet<>();
        while (!budget.isZero()) {
            CandidateState doubtful = states.values().stream()
                    .filter(state -> state.error.isEmpty() && !slow.contains(state))
                    .filter(state -> state.outcomes.size() >= Math.min(FEWEST, tests.size())
                            && state.outcomes.size() < tests.size()
                            && !beaten(state))
                    .filter(state -> mayBeBetterBy(state) > SETTLED)
                    .max(Comparator.comparingDouble(this::mayBeBetterBy))
                    .orElse(null);
            if (doubtful == null) {
                return;
            }
            int until = Math.min(tests.size(), doubtful.outcomes.size() + TURN);
            more(doubtful, until, "other tests", context);
            if (doubtful.outcomes.size() < until) {
                slow.add(doubtful); // there is no time for more, or it failed
            }
        }
    }

    /** The most by which a candidate may be better than the leader, by the tests that both answered. */
    private double mayBeBetterBy(CandidateState state) {
        return leader(state)
                .map(leader -> {
                    int asked = state.outcomes.size();
                    return PairedDifference.of(scores(state, asked), scores(leader, asked))
                            .interval(Z)
                            .high();
                })
                .orElse(0.0);
    }

    private static double[] scores(CandidateState state, int count) {
        return state.outcomes.stream().limit(count).mapToDouble(Outcome::score).toArray();
    }

    /**
     * Lets those that are not shown to be worse answer other tests, in rounds, of which the next is for those that
     * answered the tests of the one before.
     *
     * @param all whether there is a round in which they answer all
     */
    private void rounds(TrialContext context, boolean all) {
        int from = 0;
        for (int until : ROUNDS) {
            round(context, from, until, false);
            from = until;
        }
        if (all) {
            round(context, from, tests.size(), false);
        }
    }

    /**
     * Lets those that have so many answers, and are not shown to be worse, go on until they have more, the best first.
     *
     * @param last whether nothing is measured after them, so that they may take all the time that is left
     */
    private void round(TrialContext context, int from, int wanted, boolean last) {
        int until = Math.min(wanted, tests.size());
        List<CandidateState> open = states.values().stream()
                .filter(state -> state.error.isEmpty() && !beaten(state))
                .filter(state -> state.outcomes.size() >= from && state.outcomes.size() < until)
                .sorted(Comparator.comparingDouble(state -> -state.quality()))
                .toList();
        int place = 0;
        for (CandidateState state : open) {
            place++;
            double part = until < tests.size() ? PART : place == 1 ? 1 : LAST_PART;
            if (!last && until(state, until) > part * left(context)) {
                continue; // it has its turn after what trains
            }
            more(state, until, "more tests, " + place + " of " + open.size(), context);
        }
    }

    /** Lets a candidate answer tests until it has so many. */
    private void more(CandidateState state, int until, String what, TrialContext context) {
        try (Trial trial = trial(state, context, what)) {
            trial.adapt(Double.POSITIVE_INFINITY);
            ask(trial, state, until, context);
        } catch (RuntimeException e) {
            RunEnd.check(e);
            state.note = Trial.line(state.candidate.name(), e);
        }
    }

    private Trial trial(CandidateState state, TrialContext context, String label) {
        String when = "";
        if (!budget.isZero()) {
            double minutes =
                    Math.ceil(Math.max(0, budget.toNanos() - context.journal().nanos()) / 6e10);
            when = String.format(Locale.ROOT, ", at most %.0f min to go", minutes);
        }
        return context.trial(
                state.candidate, split.task().examples().size(), label + when + ": " + state.candidate.name());
    }

    /** Asks test after test, until all are answered, the candidate is shown to be worse, or time is over. */
    private void ask(Trial trial, CandidateState state, int until, TrialContext context) {
        state.note = "";
        while (state.outcomes.size() < until && !stopped(state)) {
            int from = state.outcomes.size();
            int to = budget.isZero() ? until : Math.min(until, from + STEP);
            double expected = state.meanNanos() * (to - from);
            double left = left(context);
            if (from > 0 && expected > left) {
                state.note = limit.tooLong(state.meanNanos() * (tests.size() - from), left);
                return;
            }
            List<Outcome> outcomes = new ArrayList<>(state.outcomes);
            outcomes.addAll(trial.answers(tests, from, to));
            if (outcomes.stream().noneMatch(outcome -> outcome.error().isEmpty())) {
                state.failed(
                        "every answer failed, the first: " + outcomes.get(0).error());
                return;
            }
            state.reached(split.task().examples().size(), outcomes, trial.adaptNanos());
        }
    }

    private boolean stopped(CandidateState state) {
        return !budget.isZero() && others(state) > LITTLE && beaten(state);
    }

    /**
     * Whether a candidate is, or was before, shown to be worse than the best of those that answered as many tests as
     * any, and as it.
     */
    private boolean beaten(CandidateState state) {
        CandidateState leader = leader(state).orElse(null);
        if (leader == null || state.beaten) {
            return state.beaten;
        }
        int asked = state.outcomes.size();
        PairedSequence ahead = PairedSequence.ofSample();
        for (int i = 0; i < asked; i++) {
            ahead.add(leader.outcomes.get(i).score(), state.outcomes.get(i).score());
        }
        state.beaten = ahead.above(0).shown(ERROR / candidates);
        return state.beaten;
    }

    /** The best of the others, of those with most tests, and as many as it. */
    private Optional<CandidateState> leader(CandidateState state) {
        return states.values().stream()
                .filter(other ->
                        other != state && other.error.isEmpty() && other.outcomes.size() >= state.outcomes.size())
                .max(Comparator.comparingInt((CandidateState other) -> other.outcomes.size())
                        .thenComparingDouble(CandidateState::quality));
    }

    private double left(TrialContext context) {
        return budget.isZero()
                ? Double.POSITIVE_INFINITY
                : Math.max(0, budget.toNanos() * SHARE - context.journal().nanos());
    }
}
