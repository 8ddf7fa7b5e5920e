package dev.llmadapt.prompting.search;

import dev.llmadapt.Example;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.search.SearchReport.Origin;
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

/**
 * The judging of candidates by validation examples. A new candidate answers a minibatch. From its paired gains and
 * those of all others its worth is estimated ({@link Effects}), and the candidates of the highest worth answer more, a
 * minibatch at a time. For one thread.
 */
final class Judging {
    /** A candidate answers more while fewer than so many are estimated to be better. */
    private static final int PROMOTED = 3;

    final Task task;
    final SearchOptions options;
    final Scoring scoring;
    final Ledger ledger;
    final List<Example> validation;
    final Random random;
    final Pool pool = new Pool();
    private final int[] gold;
    private final List<Candidate> candidates = new ArrayList<>();
    private final Set<String> tried = new HashSet<>();
    private final List<Integer> round = new ArrayList<>();
    private final Map<Origin, int[]> counts = new EnumMap<>(Origin.class); // answered all, tried

    /**
     * A judging without candidates.
     *
     * @throws IllegalArgumentException if the budget does not judge one candidate
     */
    Judging(Task task, SearchOptions options, Scoring scoring, Ledger ledger, List<Example> validation, Random random) {
        this.task = task;
        this.options = options;
        this.scoring = scoring;
        this.ledger = ledger;
        this.validation = validation;
        this.random = random;
        this.gold = gold(validation);
        if (options.budget().calls() < gold.length) {
            throw new IllegalArgumentException("a budget of " + options.budget() + " does not judge one candidate by "
                    + gold.length + " validation examples; allow more calls, or fewer validation examples");
        }
    }

    /** The index of the right label of each example; -1 where there are no labels. */
    int[] gold(List<Example> examples) {
        return examples.stream()
                .mapToInt(example -> task.labels().indexOf(example.output()))
                .toArray();
    }

    /** All candidates, in the order in which they were made. */
    List<Candidate> candidates() {
        return Collections.unmodifiableList(candidates);
    }

    /** The first candidate, which is complete unless the budget was spent before. */
    Candidate first() {
        return candidates.get(0);
    }

    /**
     * Judges a prompt by all validation examples, without a comparison.
     *
     * @throws IllegalArgumentException if the model refuses it
     */
    Candidate complete(Prompt prompt, Origin origin, Ledger spent) throws Ledger.Spent {
        Candidate candidate = added(prompt, origin, 0);
        for (int i = 0; i < gold.length; i++) {
            candidate.add(i, scoring.scores(prompt, validation.get(i), spent));
        }
        return candidate;
    }

    private Candidate added(Prompt prompt, Origin origin, int parent) {
        Candidate candidate = new Candidate(candidates.size() + 1, prompt, origin, parent, gold, options.objective());
        candidates.add(candidate);
        tried.add(prompt.key());
        return candidate;
    }

    /**
     * Judges a prompt by a minibatch.
     *
     * @param parent the candidate it was made from
     * @return false if the prompt was tried before
     */
    boolean challenge(Prompt prompt, Origin origin, Candidate parent) throws Ledger.Spent {
        if (tried.contains(prompt.key())) {
            return false;
        }
        Candidate candidate = added(prompt, origin, parent.number);
        counts.computeIfAbsent(origin, kind -> new int[2])[1]++;
        score(candidate, nextBatch());
        return true;
    }

    /**
     * Lets one of the candidates of the highest estimated worth answer another minibatch.
     *
     * @return false if they have answered all
     */
    boolean promote() throws Ledger.Spent {
        Effects effects = effects();
        Optional<Candidate> next = candidates.stream()
                .filter(candidate -> !candidate.failed())
                .sorted(Comparator.comparingDouble(candidate -> -effects.worth(candidate)))
                .limit(PROMOTED)
                .filter(candidate -> !candidate.complete())
                .findFirst();
        if (next.isPresent()) {
            Candidate candidate = next.get();
            List<Integer> rest = new ArrayList<>(IntStream.range(0, gold.length)
                    .filter(i -> !candidate.has(i))
                    .boxed()
                    .toList());
            Collections.shuffle(rest, random);
            score(candidate, rest.subList(0, Math.min(rest.size(), options.minibatch())));
        }
        return next.isPresent();
    }

    private void score(Candidate candidate, List<Integer> examples) throws Ledger.Spent {
        try {
            for (int example : examples) {
                candidate.add(example, scoring.scores(candidate.prompt, validation.get(example), ledger));
            }
        } catch (IllegalArgumentException e) { // such as a prompt that is too long for the model
            candidate.fail(String.valueOf(e.getMessage()));
        }
        if (candidate.complete() && !pool.has(candidate)) {
            pool.add(candidate);
            counts.computeIfAbsent(candidate.origin, kind -> new int[2])[0]++;
        }
    }

    /** The effects of demonstrations, and the worth of candidates, by all that was scored so far. */
    Effects effects() {
        return Effects.learn(first(), candidates, Math.max(1, options.demonstrations()));
    }

    /** The candidate of the highest estimated worth; the first of equals. */
    Candidate best() {
        Effects effects = effects();
        Candidate best = first();
        for (Candidate candidate : candidates) {
            boolean better = !candidate.failed() && effects.worth(candidate) > effects.worth(best);
            best = better ? candidate : best;
        }
        return best;
    }

    /** The next validation examples of a shuffled round through all. */
    private List<Integer> nextBatch() {
        int size = Math.min(options.minibatch(), gold.length);
        List<Integer> next = new ArrayList<>();
        while (next.size() < size) {
            if (round.isEmpty()) {
                IntStream.range(0, gold.length).forEach(round::add);
                Collections.shuffle(round, random);
            }
            int last = round.size() - 1;
            int example = round.get(last);
            round.subList(last, last + 1).clear();
            if (!next.contains(example)) {
                next.add(example);
            }
        }
        return next;
    }

    /**
     * The share of the candidates of an origin that answered all, with one more of each; a half where there is none.
     */
    double accepted(Origin origin) {
        int[] count = counts.getOrDefault(origin, new int[2]);
        return (count[0] + 1.0) / (count[1] + 2.0);
    }
}
