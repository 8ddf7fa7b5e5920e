package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.search.SearchReport.Comparison;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import dev.llmadapt.prompting.search.SearchReport.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One search. Candidates come from four sources, one after the other, as long as the budget lasts: a first random set
 * of demonstrations, which is judged by all validation examples; instructions proposed from the data; random and
 * bootstrapped sets, up to 35 % of the budget; then sets by the effects that demonstrations had so far, and changes of
 * candidates that were good: their demonstrations, their instruction after reading failures, two of them merged.
 *
 * <p>All that is drawn comes from the seed and from scores, so the same calls give the same search. For one thread.
 */
final class SearchRun {
    private static final double DRAWING_SHARE = 0.35;
    /** Of so many turns one changes a candidate of the Pareto front, the others the best one. */
    private static final int FRONT_TURNS = 3;

    private static final double EFFECTS_WEIGHT = 3;
    /** The share of turns in which a candidate answers more. */
    private static final double PROMOTING = 0.4;
    /** The share of the budget after which no new candidate is made while good ones have not answered all. */
    private static final double LAST_SHARE = 0.85;

    private static final int MAX_IDLE = 200;

    private final Task task;
    private final SearchOptions options;
    private final Progress progress;
    private final ExampleSplit split;
    private final Random random;
    private final Demonstrations sets;
    private final Ledger ledger;
    private final Judging judging;
    private final Instructions instructions;

    SearchRun(Task task, SearchOptions options, Scoring scoring, Progress progress) {
        this.task = task;
        this.options = options;
        this.progress = progress;
        this.split = ExampleSplit.of(task, options);
        this.random = new Random(options.seed() + 1);
        this.sets = new Demonstrations(task, split.shown(), options.demonstrations(), random).narrowed();
        this.ledger = new Ledger(options.budget(), "prompt search", progress);
        this.judging = new Judging(task, options, scoring, ledger, split.validation(), random);
        this.instructions = new Instructions(judging, split.shown());
    }

    SearchReport report() {
        String ended = "nothing new to try";
        Pool pool = judging.pool;
        try {
            Prompt first = new Prompt(task.instruction(), shows() ? sets.drawn() : List.of());
            pool.add(judging.complete(first, shows() ? Origin.RANDOM_SET : Origin.TASK, ledger));
            if (shows()) {
                judging.challenge(new Prompt(task.instruction(), List.of()), Origin.TASK, judging.best());
            }
            List<Example> answered = shows() ? bootstrapped() : List.of();
            instructions.propose();
            while (shows() && ledger.share() < DRAWING_SHARE && draw(answered)) {
                // until the share is used up
            }
            evolve(answered);
        } catch (Ledger.Spent e) {
            ended = "budget spent";
        }
        Effects effects = judging.effects();
        Prompt chosen = judging.best().prompt;
        Ledger spent = new Ledger(SearchBudget.calls(Math.max(1, ledger.cost().calls())), "random sets", progress);
        Optional<Comparison> comparison = options.compared() && !pool.isEmpty()
                ? RandomSets.compared(chosen, judging, split, spent, progress)
                : Optional.empty();
        return new SearchReport(rows(effects), chosen, comparison, ledger.cost(), spent.cost(), ended);
    }

    private List<Row> rows(Effects effects) {
        return judging.candidates().stream()
                .map(candidate -> candidate.row(
                        judging.first(),
                        candidate.origin == Origin.BASELINE && candidate.complete()
                                ? Gains.meanOf(candidate.gains(judging.first())).mean()
                                : effects.worth(candidate)))
                .sorted(Comparator.comparing((Row row) -> row.origin() == Origin.BASELINE)
                        .thenComparing(row -> !row.note().isEmpty())
                        .thenComparingDouble(row -> -row.worth()))
                .toList();
    }

    private boolean shows() {
        return options.demonstrations() > 0 && !split.shown().isEmpty();
    }

    /** Examples that may be shown and that the model answers right under the first prompt. */
    private List<Example> bootstrapped() throws Ledger.Spent {
        Prompt teacher = judging.first().prompt;
        List<Example> asked = new ArrayList<>();
        List<double[]> rows = new ArrayList<>();
        List<Example> right = new ArrayList<>();
        for (Example example : sets.drawn()) {
            if (teacher.demonstrations().contains(example)) {
                continue;
            }
            try {
                if (!task.labels().isEmpty()) {
                    rows.add(judging.scoring.scores(teacher, example, ledger));
                    asked.add(example);
                } else if (task.metric().score(example.output(), judging.scoring.answer(teacher, example, ledger))
                        >= 1) {
                    right.add(example);
                }
            } catch (IllegalArgumentException e) {
                // one that the model cannot read as a question is none that it answers right
            }
        }
        int[] gold = judging.gold(asked);
        int[] answers = Gains.of(rows, gold, options.objective()).answered();
        for (int i = 0; i < gold.length; i++) {
            if (answers[i] == gold[i]) {
                right.add(asked.get(i));
            }
        }
        return right;
    }

    /** Tries a random set, or every other time one that is bootstrapped, against the best candidate. */
    private boolean draw(List<Example> answered) throws Ledger.Spent {
        boolean bootstrap = answered.size() > 1 && random.nextBoolean();
        Candidate best = judging.best();
        for (int attempt = 0; attempt < MAX_IDLE; attempt++) {
            List<Example> set = bootstrap ? sets.drawnFrom(answered) : sets.drawn();
            Origin origin = bootstrap ? Origin.BOOTSTRAPPED_SET : Origin.RANDOM_SET;
            if (judging.challenge(new Prompt(best.prompt.instruction(), set), origin, best)) {
                return true;
            }
        }
        return false;
    }

    /** Makes and changes candidates until the budget is spent, or until nothing new is found. */
    private void evolve(List<Example> answered) throws Ledger.Spent {
        Pool pool = judging.pool;
        int idle = 0;
        for (int turn = 0; idle < MAX_IDLE; turn++) {
            if ((ledger.share() > LAST_SHARE || random.nextDouble() < PROMOTING) && judging.promote()) {
                continue;
            }
            Candidate front = turn % FRONT_TURNS < FRONT_TURNS - 1 ? judging.best() : pool.drawn(random);
            Origin kind = drawnKind();
            Candidate parent = kind == Origin.EFFECTS ? judging.best() : front;
            boolean tried;
            if (kind == Origin.RANDOM_SET) {
                tried = draw(answered);
            } else {
                Optional<Prompt> changed = changed(kind, parent);
                tried = changed.isPresent() && judging.challenge(changed.get(), kind, parent);
            }
            idle = tried ? 0 : idle + 1;
        }
    }

    private Optional<Prompt> changed(Origin kind, Candidate parent) throws Ledger.Spent {
        Prompt prompt = parent.prompt;
        return switch (kind) {
            case CHANGED_SET ->
                Optional.of(new Prompt(prompt.instruction(), sets.changed(prompt.demonstrations(), failing(parent))));
            case EFFECTS -> {
                double spread = Math.max(0, 1 - ledger.share());
                yield Optional.of(new Prompt(
                        prompt.instruction(), sets.byEffect(judging.effects(), spread, prompt.demonstrations())));
            }
            case MERGED -> {
                List<Candidate> members = judging.pool.members();
                Candidate other = members.get(random.nextInt(members.size()));
                yield Optional.of(new Prompt(other.prompt.instruction(), prompt.demonstrations()));
            }
            default -> instructions.reflected(parent);
        };
    }

    /** A kind of candidate; one that was accepted more often is drawn more often. */
    private Origin drawnKind() {
        List<Origin> kinds = new ArrayList<>();
        if (shows()) {
            kinds.addAll(List.of(Origin.EFFECTS, Origin.CHANGED_SET, Origin.RANDOM_SET));
        }
        if (options.proposals() > 0) {
            kinds.add(Origin.REFLECTED);
            if (shows() && judging.pool.members().size() > 1) {
                kinds.add(Origin.MERGED);
            }
        }
        double[] weights = kinds.stream()
                .mapToDouble(kind -> (kind == Origin.EFFECTS ? EFFECTS_WEIGHT : 1) * judging.accepted(kind))
                .toArray();
        double draw = random.nextDouble()
                * IntStream.range(0, weights.length)
                        .mapToDouble(i -> weights[i])
                        .sum();
        for (int i = 0; i < weights.length; i++) {
            draw -= weights[i];
            if (draw < 0) {
                return kinds.get(i);
            }
        }
        return kinds.get(kinds.size() - 1);
    }

    /** The validation examples on which a candidate is worst, a third of those that it has answered. */
    private List<Example> failing(Candidate candidate) {
        List<Integer> scored = candidate.scored();
        double[] values = candidate.on(scored).values();
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .limit(Math.max(1, values.length / 3))
                .map(i -> split.validation().get(scored.get(i)))
                .toList();
    }
}
