package dev.llmadapt.prompting.search;

import dev.llmadapt.prompting.search.SearchOptions.Objective;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import dev.llmadapt.prompting.search.SearchReport.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/** A prompt with the scores of the validation examples that it has answered so far. For one thread. */
final class Candidate {
    final int number;
    final Prompt prompt;
    final Origin origin;
    final int parent;
    private final int[] gold;
    private final Objective objective;
    private final Map<Integer, double[]> rows = new LinkedHashMap<>(); // by validation example
    private String note = "";

    /**
     * A candidate without scores.
     *
     * @param parent the number of the candidate it was made from, 0 for none
     * @param gold the index of the right label of each validation example; -1 where there are no labels
     */
    Candidate(int number, Prompt prompt, Origin origin, int parent, int[] gold, Objective objective) {
        this.number = number;
        this.prompt = prompt;
        this.origin = origin;
        this.parent = parent;
        this.gold = gold;
        this.objective = objective;
    }

    void add(int example, double[] scores) {
        rows.put(example, scores);
    }

    boolean has(int example) {
        return rows.containsKey(example);
    }

    List<Integer> scored() {
        return List.copyOf(rows.keySet());
    }

    boolean complete() {
        return rows.size() == gold.length;
    }

    void fail(String why) {
        note = why;
    }

    /** The gains over another candidate that has answered the same examples, and maybe more: one an example. */
    double[] gains(Candidate other) {
        List<Integer> examples = scored();
        return on(examples).over(other.on(examples));
    }

    /** The judgement by examples that were scored. */
    Gains on(List<Integer> examples) {
        List<double[]> some = new ArrayList<>();
        int[] right = new int[examples.size()];
        for (int i = 0; i < right.length; i++) {
            some.add(Objects.requireNonNull(rows.get(examples.get(i)), "scored"));
            right[i] = gold[examples.get(i)];
        }
        return Gains.of(some, right, objective);
    }

    /** The judgement by all validation examples, in their order, of a candidate that is complete. */
    Gains onAll() {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < gold.length; i++) {
            all.add(i);
        }
        return on(all);
    }

    boolean failed() {
        return !note.isEmpty();
    }

    /**
     * The row of a report.
     *
     * @param first the first candidate, which has answered all
     * @param worth its estimated gain over the first candidate
     */
    Row row(Candidate first, double worth) {
        List<Integer> examples = scored();
        if (examples.isEmpty()) {
            return new Row(number, origin, parent, prompt, 0, gold.length, 0, 0, 0, OptionalDouble.empty(), note);
        }
        double gain = first.scored().containsAll(examples)
                ? Gains.meanOf(gains(first)).mean()
                : 0;
        Gains gains = complete() ? onAll() : on(examples);
        int right = 0;
        for (int i = 0; i < examples.size(); i++) {
            right += gains.answered()[i] == gold[complete() ? i : examples.get(i)] ? 1 : 0;
        }
        OptionalDouble accuracy =
                gold[0] < 0 ? OptionalDouble.empty() : OptionalDouble.of((double) right / examples.size());
        return new Row(
                number,
                origin,
                parent,
                prompt,
                examples.size(),
                gold.length,
                gain,
                worth,
                gains.mean(),
                accuracy,
                note);
    }
}
