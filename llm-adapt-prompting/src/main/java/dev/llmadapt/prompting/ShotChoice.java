package dev.llmadapt.prompting;

import static java.util.Comparator.comparingDouble;

import dev.llmadapt.Example;
import dev.llmadapt.Passage;
import dev.llmadapt.Query;
import dev.llmadapt.Retriever;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.ShotOptions.Order;
import dev.llmadapt.prompting.examples.Shots;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A way to choose examples, learned from those of a task.
 *
 * @param bySimilarity whether it has an order by similarity
 * @param diversifies whether it can weigh similarity against diversity
 * @param ranking makes what ranks the examples of a task
 */
record ShotChoice(boolean bySimilarity, boolean diversifies, Function<Task, Ranking> ranking) {
    /** The examples for a question, those to be shown first at the beginning. */
    @FunctionalInterface
    interface Ranking {
        /**
         * Ranks the examples that may be shown.
         *
         * @param shots the most that will be shown
         * @param lambda as {@link ShotOptions#lambda()}
         */
        List<Example> of(String question, int shots, double lambda);
    }

    private static ShotChoice fixed(Function<Task, List<Example>> drawn) {
        return new ShotChoice(false, false, task -> {
            List<Example> line = drawn.apply(task);
            return (question, shots, lambda) -> line;
        });
    }

    /** The same for every question: the labels take turns, in an order drawn anew each round. */
    static ShotChoice balanced(long seed) {
        return fixed(task -> Shots.takingTurns(task, new Random(seed)));
    }

    /** The same for every question, in an order drawn from all. */
    static ShotChoice random(long seed) {
        return fixed(task -> {
            List<Example> line = new ArrayList<>(task.examples());
            Collections.shuffle(line, new Random(seed));
            return line;
        });
    }

    /** The same for every question: those of these ids. */
    static ShotChoice given(List<String> ids) {
        return fixed(task -> {
            Map<String, Example> byId = byId(task);
            List<Example> line = new ArrayList<>();
            for (String id : ids) {
                Example example = byId.get(id);
                if (example == null) {
                    throw new IllegalArgumentException("task '" + task.name() + "' has no example '" + id
                            + "', expected one of its " + task.examples().size() + " ids, such as '"
                            + task.examples().get(0).id() + "'");
                }
                line.add(example);
            }
            return line;
        });
    }

    private static Map<String, Example> byId(Task task) {
        Map<String, Example> byId = new HashMap<>();
        for (Example example : task.examples()) {
            if (byId.put(example.id(), example) != null) {
                throw new IllegalArgumentException("the example id '" + example.id() + "' stands twice in task '"
                        + task.name() + "', so it names no example; give each an id of its own");
            }
        }
        return byId;
    }

    /** The most similar, of equals the earlier; or the maximal marginally relevant. */
    static ShotChoice nearest(Function<List<String>, Similarity> similarity) {
        return new ShotChoice(true, true, task -> {
            List<Example> examples = task.examples();
            Similarity learned =
                    similarity.apply(examples.stream().map(Example::input).toList());
            return (question, shots, lambda) -> lambda == 1
                    ? mostSimilar(examples, learned.to(question))
                    : diverse(examples, question, learned, shots, lambda);
        });
    }

    private static List<Example> mostSimilar(List<Example> examples, double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(comparingDouble(i -> -scores[i]))
                .map(examples::get)
                .toList();
    }

    /**
     * Chooses one after the other the example of the highest {@code lambda sim(question, e) - (1 - lambda) max over
     * chosen c of sim(e, c)}.
     */
    private static List<Example> diverse(
            List<Example> examples, String question, Similarity similarity, int shots, double lambda) {
        double[] relevance = similarity.scaled(question);
        double[] closest = new double[examples.size()];
        List<Integer> left =
                new ArrayList<>(IntStream.range(0, relevance.length).boxed().toList());
        left.removeIf(i -> Shots.asks(question, examples.get(i)));
        List<Example> chosen = new ArrayList<>();
        while (!left.isEmpty() && chosen.size() < 4L * shots + 8) { // some may not fit
            int best = left.get(0);
            double highest = Double.NEGATIVE_INFINITY;
            for (int i : left) {
                double value = lambda * relevance[i] - (1 - lambda) * closest[i];
                if (value > highest) {
                    highest = value;
                    best = i;
                }
            }
            left.remove(Integer.valueOf(best));
            chosen.add(examples.get(best));
            double[] others = similarity.between(best);
            for (int i : left) {
                closest[i] = chosen.size() == 1 ? others[i] : Math.max(closest[i], others[i]);
            }
        }
        return chosen;
    }

    /** Those that a retriever finds, in its order. */
    static ShotChoice retrieved(Retriever retriever) {
        return new ShotChoice(true, false, task -> {
            Map<String, Example> byId = byId(task);
            return (question, shots, lambda) -> {
                // more than are shown: one may ask the question itself, others may be too long
                int most = (int) Math.min(byId.size(), 4L * shots + 8);
                List<Example> found = new ArrayList<>();
                for (Passage passage : retriever.retrieve(new Query(question, most))) {
                    Example example = byId.get(passage.id());
                    if (example == null) {
                        throw new IllegalArgumentException("the retriever found the passage '" + passage.id()
                                + "', which is no example of task '" + task.name()
                                + "'; index passages whose ids are those of the examples");
                    }
                    found.add(example);
                }
                return found;
            };
        });
    }

    /** Refuses options that mean nothing here. */
    void check(ShotOptions options) {
        if (!bySimilarity && options.order() != Order.MOST_SIMILAR_LAST) {
            throw new IllegalArgumentException("examples that are not chosen by similarity have an order already, got "
                    + options.order() + "; leave the order out, or choose the nearest");
        }
        if (!diversifies && options.lambda() != 1) {
            throw new IllegalArgumentException("lambda " + options.lambda() + " weighs similarities, of which "
                    + (bySimilarity ? "a retriever tells none: give one that diversifies by itself" : "there are none")
                    + "; leave it out");
        }
    }

    /** Learns to choose from the examples of a task. */
    ShotSelection learn(Task task, int shots, ShotOptions options) {
        Ranking learned = ranking.apply(task);
        return question -> {
            List<Example> chosen = new ArrayList<>();
            int left = options.maxCharacters();
            for (Example example : learned.of(question, shots, options.lambda())) {
                int characters = length(example);
                if (chosen.size() < shots && characters <= left && !Shots.asks(question, example)) {
                    chosen.add(example);
                    left -= characters;
                }
            }
            if (bySimilarity && options.order() == Order.MOST_SIMILAR_LAST) {
                Collections.reverse(chosen);
            } else if (options.order() == Order.RANDOM) {
                chosen.sort((a, b) -> a.id().compareTo(b.id()));
                Collections.shuffle(chosen, new Random(options.orderSeed()));
            }
            return chosen;
        };
    }

    private static int length(Example example) {
        return example.input().codePointCount(0, example.input().length())
                + example.output().codePointCount(0, example.output().length());
    }
}
