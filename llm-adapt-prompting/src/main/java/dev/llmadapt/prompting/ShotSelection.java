package dev.llmadapt.prompting;

import static java.util.Comparator.comparingDouble;

import dev.llmadapt.Example;
import dev.llmadapt.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A choice of the examples before a question. It never chooses one that asks this very question, with its answer. */
@FunctionalInterface
interface ShotSelection {
    /** Chooses the examples for a question, in the order in which the model reads them. */
    List<Example> choose(String question);

    /**
     * A fixed choice for every question, balanced over the labels as far as possible: the labels take turns, in an
     * order drawn anew each round. If an example asks the question itself, the next one in line takes its place.
     */
    static ShotSelection balanced(Task task, int shots, long seed) {
        List<Example> line = takingTurns(task, new Random(seed));
        return question -> line.stream()
                .filter(example -> !asks(question, example))
                .limit(shots)
                .toList();
    }

    /**
     * The examples most similar to the question by {@link Bm25}, the most similar last; of equals the earlier counts as
     * more similar.
     */
    static ShotSelection nearest(List<Example> examples, int shots) {
        Bm25 bm25 = new Bm25(examples.stream().map(Example::input).toList());
        return question -> {
            double[] scores = bm25.scores(question);
            List<Example> chosen = new ArrayList<>(IntStream.range(0, scores.length)
                    .boxed()
                    .filter(i -> !asks(question, examples.get(i)))
                    .sorted(comparingDouble(i -> -scores[i]))
                    .limit(shots)
                    .map(examples::get)
                    .toList());
            Collections.reverse(chosen);
            return chosen;
        };
    }

    /**
     * Whether a question is that of the example, but for white space: alone, or at the end of a message to which a
     * layer outside has added something before it, such as retrieved passages.
     */
    private static boolean asks(String question, Example example) {
        String asked = question.strip();
        String input = example.input().strip();
        return asked.equals(input) || (!input.isEmpty() && asked.endsWith("\n" + input));
    }

    private static List<Example> takingTurns(Task task, Random random) {
        boolean labelled = !task.labels().isEmpty();
        Map<String, List<Example>> byLabel = new LinkedHashMap<>();
        for (Example example : task.examples()) {
            byLabel.computeIfAbsent(labelled ? example.output() : "", label -> new ArrayList<>())
                    .add(example);
        }
        List<Deque<Example>> queues = new ArrayList<>();
        for (List<Example> examples : byLabel.values()) {
            Collections.shuffle(examples, random);
            queues.add(new ArrayDeque<>(examples));
        }
        List<Example> line = new ArrayList<>();
        while (line.size() < task.examples().size()) {
            Collections.shuffle(queues, random);
            for (Deque<Example> queue : queues) {
                if (!queue.isEmpty()) {
                    line.add(queue.remove());
                }
            }
        }
        return line;
    }
}
