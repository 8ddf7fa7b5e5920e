package dev.llmadapt.prompting;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Task;
import dev.llmadapt.prompting.extraction.ExtractionRules;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The answers of a {@link Baseline}. Immutable. */
sealed interface BaselineAnswers {
    /**
     * Answers a question.
     *
     * @throws IllegalArgumentException if the constraint allows nothing that this can answer
     */
    Answer answer(String question, OutputConstraint constraint);

    /** The probability that a text is the answer to a question without a constraint. */
    double probability(String question, String text);

    /** The number of different answers that can be given. */
    int size();

    /**
     * An answer.
     *
     * @param probability how probable it was to be given
     */
    record Answer(String text, double probability, Optional<Decision> decision) {}

    /** The label of the largest share. */
    record Majority(Decision shares) implements BaselineAnswers {
        @Override
        public Answer answer(String question, OutputConstraint constraint) {
            Decision allowed = allowed(shares, constraint);
            return new Answer(allowed.label(), allowed.probability(), Optional.of(allowed));
        }

        @Override
        public double probability(String question, String text) {
            return shares.probability(text);
        }

        @Override
        public int size() {
            return shares.choices().size();
        }
    }

    /** A label drawn by its share, by the seed and the question. */
    record Drawn(Decision shares, long seed) implements BaselineAnswers {
        @Override
        public Answer answer(String question, OutputConstraint constraint) {
            Decision allowed = allowed(shares, constraint);
            long mixed = seed + 0xBF58476D1CE4E5B9L * question.strip().hashCode();
            double left = new SplittableRandom(mixed).nextDouble();
            Decision.Choice drawn = allowed.choices().get(0);
            for (Decision.Choice choice : allowed.choices()) {
                if (choice.probability() > 0) {
                    drawn = choice; // the last one if the shares add up to a little less than 1
                    left -= choice.probability();
                }
                if (left < 0) {
                    break;
                }
            }
            return new Answer(drawn.label(), drawn.probability(), Optional.empty());
        }

        @Override
        public double probability(String question, String text) {
            return shares.probability(text);
        }

        @Override
        public int size() {
            return shares.choices().size();
        }
    }

    /** The output of the nearest example. */
    final class Nearest implements BaselineAnswers {
        private final List<String> labels;
        private final List<Example> examples;
        private final Bm25 bm25;

        Nearest(Task task) {
            labels = task.labels();
            examples = task.examples();
            bm25 = new Bm25(examples.stream().map(Example::input).toList());
        }

        @Override
        public Answer answer(String question, OutputConstraint constraint) {
            if (constraint instanceof OutputConstraint.Regex || constraint instanceof OutputConstraint.Grammar) {
                throw new IllegalArgumentException(
                        "this baseline answers as the nearest example does, it cannot keep to " + constraint.kind());
            }
            List<String> choices = constraint instanceof OutputConstraint.OneOf oneOf ? oneOf.choices() : List.of();
            String text = nearest(question, choices);
            List<String> among = choices.isEmpty() ? labels : choices;
            return new Answer(text, 1, among.isEmpty() ? Optional.empty() : Optional.of(Decision.certain(among, text)));
        }

        @Override
        public double probability(String question, String text) {
            return nearest(question, List.of()).equals(text) ? 1 : 0;
        }

        @Override
        public int size() {
            return (int) examples.stream().map(Example::output).distinct().count();
        }

        private String nearest(String question, List<String> choices) {
            double[] scores = bm25.scores(question);
            String asked = question.strip();
            IntStream.range(0, scores.length)
                    .filter(i -> examples.get(i).input().strip().equals(asked))
                    .forEach(i -> scores[i] = Double.POSITIVE_INFINITY);
            return IntStream.range(0, scores.length)
                    .filter(i -> choices.isEmpty()
                            || choices.contains(examples.get(i).output()))
                    .boxed()
                    .reduce((best, i) -> scores[i] > scores[best] ? i : best)
                    .map(i -> examples.get(i).output())
                    .orElseThrow(() -> new IllegalArgumentException("no example has one of the answers " + choices
                            + "; allow an answer of the task's examples"));
        }
    }

    /** JSON that rules find in the question. */
    record Extracted(ExtractionRules rules) implements BaselineAnswers {
        @Override
        public Answer answer(String question, OutputConstraint constraint) {
            boolean other =
                    !(constraint instanceof OutputConstraint.None) && !(constraint instanceof OutputConstraint.Json);
            if (other
                    || (constraint instanceof OutputConstraint.Json json
                            && !json.schema().equals(rules.schema()))) {
                throw new IllegalArgumentException("these rules answer with JSON of the schema they learned, "
                        + rules.schema().describe() + "; ask with the request of their task");
            }
            return new Answer(rules.answer(question), 1, Optional.empty());
        }

        @Override
        public double probability(String question, String text) {
            return rules.answer(question).equals(text) ? 1 : 0;
        }

        @Override
        public int size() {
            return 0;
        }
    }

    private static Decision allowed(Decision shares, OutputConstraint constraint) {
        if (constraint instanceof OutputConstraint.OneOf oneOf) {
            return shares.restrictedTo(oneOf.choices());
        }
        if (constraint instanceof OutputConstraint.None) {
            return shares;
        }
        throw new IllegalArgumentException("this baseline answers with a label, it cannot write " + constraint.kind()
                + "; labels: " + shares.labels());
    }
}
