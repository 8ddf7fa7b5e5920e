package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.search.SearchReport.Comparison;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import dev.llmadapt.prompting.search.SearchReport.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One search. Candidates come from four sources, one after the other, as long as the budget lasts: a first random set
 * of demonstrations, which is judged by all validation examples; instructions proposed from the data; random and
 * bootstrapped sets, up to 35 % of the budget; then changes of candidates that were good: their demonstrations, their
 * instruction after reading failures, two of them merged.
 *
 * <p>Each new candidate answers a minibatch first, and is rejected unless the right answers are more probable there
 * than under the candidate it is compared with. Then it answers more, and is rejected when its mean gain falls more
 * than a standard error below 0. All that is drawn comes from the seed and from scores, so the same calls give the same
 * search. For one thread.
 */
final class SearchRun {
    private static final double DRAWING_SHARE = 0.35;
    /** The standard errors by which a gain on the first minibatch must be above 0: a third pass by chance. */
    private static final double FIRST_ERRORS = 0.5;

    private static final int FRONT_TURNS = 3;
    private static final int MAX_IDLE = 200;
    private static final int SHOWN_TO_PROPOSER = 4;
    private static final int FAILURES = 4;

    private final Task task;
    private final SearchOptions options;
    private final Scoring scoring;
    private final Progress progress;
    private final ExampleSplit split;
    private final int[] gold;
    private final Random random;
    private final Demonstrations sets;
    private final Ledger ledger;
    private final List<Candidate> candidates = new ArrayList<>();
    private final Set<String> tried = new HashSet<>();
    private final Pool pool = new Pool();
    private final List<Integer> batch = new ArrayList<>();
    private final Map<Origin, int[]> successes = new EnumMap<>(Origin.class); // accepted, tried

    SearchRun(Task task, SearchOptions options, Scoring scoring, Progress progress) {
        this.task = task;
        this.options = options;
        this.scoring = scoring;
        this.progress = progress;
        this.split = ExampleSplit.of(task, options);
        this.gold = gold(split.validation());
        this.random = new Random(options.seed() + 1);
        this.sets = new Demonstrations(task, split.shown(), options.demonstrations(), random).narrowed();
        this.ledger = new Ledger(options.budget(), "prompt search", progress);
        if (options.budget().calls() < gold.length) {
            throw new IllegalArgumentException("a budget of " + options.budget() + " does not judge one candidate by "
                    + gold.length + " validation examples; allow more calls, or fewer validation examples");
        }
    }

    private int[] gold(List<Example> examples) {
        return examples.stream()
                .mapToInt(example -> task.labels().indexOf(example.output()))
                .toArray();
    }

    SearchReport report() {
        String ended = "nothing new to try";
        try {
            Prompt first = new Prompt(task.instruction(), shows() ? sets.drawn() : List.of());
            complete(added(first, shows() ? Origin.RANDOM_SET : Origin.TASK, 0), ledger);
            pool.add(candidates.get(0));
            if (shows()) {
                challenge(new Prompt(task.instruction(), List.of()), Origin.TASK, pool.best());
            }
            List<Example> answered = shows() ? bootstrapped() : List.of();
            propose();
            while (shows() && ledger.share() < DRAWING_SHARE && draw(answered)) {
                // until the share is used up
            }
            evolve(answered);
        } catch (Ledger.Spent e) {
            ended = "budget spent";
        }
        Prompt chosen = pool.isEmpty() ? candidates.get(0).prompt : pool.best().prompt;
        Ledger judging = new Ledger(asMany(ledger.cost().calls()), "random sets", progress);
        Optional<Comparison> comparison =
                options.compared() && !pool.isEmpty() ? compared(chosen, judging) : Optional.empty();
        List<Row> rows = new ArrayList<>(candidates.stream().map(Candidate::row).toList());
        rows.sort(Comparator.comparing((Row row) -> !row.complete())
                .thenComparing(row -> row.complete() ? -row.logProbability() : -row.scored())
                .thenComparing(row -> -row.gain()));
        return new SearchReport(rows, chosen, comparison, ledger.cost(), judging.cost(), ended);
    }

    private static SearchBudget asMany(int calls) {
        return SearchBudget.calls(Math.max(1, calls));
    }

    private boolean shows() {
        return options.demonstrations() > 0 && !split.shown().isEmpty();
    }

    private boolean proposes() {
        return options.proposals() > 0;
    }

    private Candidate added(Prompt prompt, Origin origin, int against) {
        Candidate candidate = new Candidate(candidates.size() + 1, prompt, origin, against, gold, options.objective());
        candidates.add(candidate);
        tried.add(prompt.key());
        return candidate;
    }

    private void complete(Candidate candidate, Ledger spent) throws Ledger.Spent {
        for (int i = 0; i < gold.length; i++) {
            candidate.add(i, scoring.scores(candidate.prompt, split.validation().get(i), spent));
        }
    }

    /** Judges a candidate against a rival that is complete. Returns false if the prompt was tried before. */
    private boolean challenge(Prompt prompt, Origin origin, Candidate rival) throws Ledger.Spent {
        if (tried.contains(prompt.key())) {
            return false;
        }
        Candidate candidate = added(prompt, origin, rival.number);
        int[] counts = successes.computeIfAbsent(origin, kind -> new int[2]);
        counts[1]++;
        try {
            score(candidate, nextBatch());
            Gains.Mean gain = candidate.over(rival);
            boolean goesOn = gain.mean() > 0 && gain.mean() > FIRST_ERRORS * finite(gain.error());
            List<Integer> rest = new ArrayList<>(IntStream.range(0, gold.length)
                    .filter(i -> !candidate.has(i))
                    .boxed()
                    .toList());
            Collections.shuffle(rest, random);
            for (int at = 0; goesOn && at < rest.size(); at += options.minibatch()) {
                score(candidate, rest.subList(at, Math.min(rest.size(), at + options.minibatch())));
                gain = candidate.over(rival);
                goesOn = gain.mean() > 0;
            }
            if (candidate.complete()) {
                pool.add(candidate);
                counts[0] += gain.mean() > 0 ? 1 : 0;
            }
        } catch (IllegalArgumentException e) { // such as a prompt that is too long for the model
            candidate.fail(String.valueOf(e.getMessage()));
        }
        return true;
    }

    private static double finite(double error) {
        return Double.isFinite(error) ? error : 0;
    }

    private void score(Candidate candidate, List<Integer> examples) throws Ledger.Spent {
        try {
            for (int example : examples) {
                candidate.add(
                        example,
                        scoring.scores(candidate.prompt, split.validation().get(example), ledger));
            }
        } catch (Ledger.Spent e) {
            if (!candidate.scored().isEmpty() && candidate.against > 0) {
                candidate.over(candidates.get(candidate.against - 1));
            }
            throw e;
        }
    }

    /** The next validation examples of a shuffled round through all. */
    private List<Integer> nextBatch() {
        int size = Math.min(options.minibatch(), gold.length);
        List<Integer> next = new ArrayList<>();
        while (next.size() < size) {
            if (batch.isEmpty()) {
                IntStream.range(0, gold.length).forEach(batch::add);
                Collections.shuffle(batch, random);
            }
            int example = batch.remove(batch.size() - 1);
            if (!next.contains(example)) {
                next.add(example);
            }
        }
        return next;
    }

    /** Examples that may be shown and that the model answers right under the first prompt. */
    private List<Example> bootstrapped() throws Ledger.Spent {
        List<Example> asked = new ArrayList<>();
        Prompt teacher = candidates.get(0).prompt;
        for (Example example : sets.drawn()) {
            if (!teacher.demonstrations().contains(example)) {
                asked.add(example);
            }
        }
        List<Example> right = new ArrayList<>();
        List<double[]> rows = new ArrayList<>();
        for (Example example : asked) {
            if (task.labels().isEmpty()) {
                String answer = scoring.answer(teacher, example, ledger);
                if (task.metric().score(example.output(), answer) >= 1) {
                    right.add(example);
                }
            } else {
                rows.add(scoring.scores(teacher, example, ledger));
            }
        }
        if (!rows.isEmpty()) {
            int[] labels = gold(asked);
            Gains gains = Gains.of(rows, labels, options.objective());
            for (int i = 0; i < labels.length; i++) {
                if (gains.answered()[i] == labels[i]) {
                    right.add(asked.get(i));
                }
            }
        }
        return right;
    }

    /** Instructions from a summary of the data, each with the demonstrations of the best candidate. */
    private void propose() throws Ledger.Spent {
        if (!proposes()) {
            return;
        }
        String summary = scoring.proposal(Proposals.summary(task, someShown(), options.seed()), ledger);
        for (int i = 0; i < options.proposals(); i++) {
            Request request = Proposals.instruction(task, summary.strip(), someShown(), i, options.seed() + i);
            String instruction = Proposals.read(scoring.proposal(request, ledger));
            if (!instruction.isEmpty()) {
                Candidate best = pool.best();
                challenge(new Prompt(instruction, best.prompt.demonstrations()), Origin.PROPOSED, best);
            }
        }
    }

    private List<Example> someShown() {
        List<Example> some = new ArrayList<>(split.shown());
        Collections.shuffle(some, random);
        return List.copyOf(some.subList(0, Math.min(SHOWN_TO_PROPOSER, some.size())));
    }

    /** Tries a random set, or every other time one that is bootstrapped, against the best candidate. */
    private boolean draw(List<Example> answered) throws Ledger.Spent {
        boolean bootstrap = answered.size() > 1 && random.nextBoolean();
        Candidate best = pool.best();
        for (int attempt = 0; attempt < MAX_IDLE; attempt++) {
            List<Example> set = bootstrap ? sets.drawnFrom(answered) : sets.drawn();
            Origin origin = bootstrap ? Origin.BOOTSTRAPPED_SET : Origin.RANDOM_SET;
            if (challenge(new Prompt(best.prompt.instruction(), set), origin, best)) {
                return true;
            }
        }
        return false;
    }

    /** Changes good candidates until the budget is spent, or until nothing new is found. */
    private void evolve(List<Example> answered) throws Ledger.Spent {
        int idle = 0;
        for (int turn = 0; idle < MAX_IDLE; turn++) {
            Candidate front = turn % FRONT_TURNS < FRONT_TURNS - 1 ? pool.best() : pool.drawn(random);
            Origin kind = drawnKind();
            Candidate parent = kind == Origin.EFFECTS ? pool.best() : front;
            boolean tried =
                    kind == Origin.RANDOM_SET ? draw(answered) : challengeWith(changed(kind, parent), kind, parent);
            idle = tried ? 0 : idle + 1;
        }
    }

    private boolean challengeWith(@Nullable Prompt prompt, Origin kind, Candidate parent) throws Ledger.Spent {
        return prompt != null && challenge(prompt, kind, parent);
    }

    private @Nullable Prompt changed(Origin kind, Candidate parent) throws Ledger.Spent {
        return switch (kind) {
            case CHANGED_SET ->
                new Prompt(parent.prompt.instruction(), sets.changed(parent.prompt.demonstrations(), failing(parent)));
            case EFFECTS -> {
                Effects effects = Effects.learn(candidates.get(0), candidates, options.demonstrations());
                yield new Prompt(
                        pool.best().prompt.instruction(),
                        sets.byEffect(
                                effects,
                                Math.max(0, 1 - ledger.share()),
                                pool.best().prompt.demonstrations()));
            }
            case MERGED -> {
                List<Candidate> members = pool.members();
                Candidate other = members.get(random.nextInt(members.size()));
                yield new Prompt(other.prompt.instruction(), parent.prompt.demonstrations());
            }
            default -> reflected(parent);
        };
    }

    /** A kind of change; one that was accepted more often is drawn more often. */
    private Origin drawnKind() {
        List<Origin> kinds = new ArrayList<>();
        if (shows()) {
            kinds.addAll(List.of(Origin.EFFECTS, Origin.CHANGED_SET, Origin.RANDOM_SET));
        }
        if (proposes()) {
            kinds.add(Origin.REFLECTED);
            if (shows() && pool.members().size() > 1) {
                kinds.add(Origin.MERGED);
            }
        }
        double[] weights = new double[kinds.size()];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            int[] counts = successes.getOrDefault(kinds.get(i), new int[2]);
            weights[i] = (kinds.get(i) == Origin.EFFECTS ? 3.0 : 1.0) * (counts[0] + 1) / (counts[1] + 2);
            sum += weights[i];
        }
        double draw = random.nextDouble() * sum;
        for (int i = 0; i < weights.length; i++) {
            draw -= weights[i];
            if (draw < 0) {
                return kinds.get(i);
            }
        }
        return kinds.get(kinds.size() - 1);
    }

    /** The validation examples on which a candidate is worst, a third of all. */
    private List<Example> failing(Candidate candidate) {
        double[] values = candidate.onAll().values();
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .limit(Math.max(1, values.length / 3))
                .map(split.validation()::get)
                .toList();
    }

    /** The instruction that the proposing model writes after reading failures; null where it writes none. */
    private @Nullable Prompt reflected(Candidate parent) throws Ledger.Spent {
        Gains gains = parent.onAll();
        List<Integer> some =
                new ArrayList<>(IntStream.range(0, gold.length).boxed().toList());
        Collections.shuffle(some, random);
        List<Integer> worst = some.subList(0, Math.max(1, some.size() / 2)).stream()
                .sorted(Comparator.comparingDouble(i -> gains.values()[i]))
                .limit(FAILURES)
                .toList();
        List<Proposals.Failure> failures = new ArrayList<>();
        for (int i : worst) {
            Example example = split.validation().get(i);
            if (gold[i] < 0) {
                failures.add(new Proposals.Failure(example, scoring.answer(parent.prompt, example, ledger)));
            } else if (gains.answered()[i] != gold[i]) {
                failures.add(new Proposals.Failure(example, task.labels().get(gains.answered()[i])));
            }
        }
        if (failures.isEmpty()) {
            return null;
        }
        Request request =
                Proposals.reflection(task, parent.prompt.instruction(), failures, options.seed() + candidates.size());
        String instruction = Proposals.read(scoring.proposal(request, ledger));
        return instruction.isEmpty() ? null : new Prompt(instruction, parent.prompt.demonstrations());
    }

    /** The chosen prompt against the best of as many random sets as the calls of the search judge. */
    private Optional<Comparison> compared(Prompt chosen, Ledger judging) {
        Demonstrations drawing =
                new Demonstrations(task, split.shown(), options.demonstrations(), new Random(options.seed() + 2));
        int sets = ledger.cost().calls() / gold.length;
        Pool baseline = new Pool();
        Ledger comparing = new Ledger(
                new SearchBudget(Integer.MAX_VALUE - 1, Long.MAX_VALUE, SearchBudget.NO_TIME), "comparison", progress);
        try {
            for (int i = 0; i < sets; i++) {
                Prompt prompt = new Prompt(task.instruction(), drawing.drawn());
                Candidate candidate = added(prompt, Origin.BASELINE, 0);
                complete(candidate, judging);
                baseline.add(candidate);
            }
            if (baseline.isEmpty() || split.comparison().isEmpty()) {
                return Optional.empty();
            }
            Prompt other = baseline.best().prompt;
            int[] right = gold(split.comparison());
            return Optional.of(
                    Comparison.of(other, sets, on(chosen, comparing, right), on(other, comparing, right), right));
        } catch (Ledger.Spent e) {
            throw new AssertionError("as many sets are judged as the budget holds", e);
        }
    }

    private Gains on(Prompt prompt, Ledger comparing, int[] right) throws Ledger.Spent {
        List<double[]> rows = new ArrayList<>();
        for (Example example : split.comparison()) {
            rows.add(scoring.scores(prompt, example, comparing));
        }
        return Gains.of(rows, right, options.objective());
    }
}
