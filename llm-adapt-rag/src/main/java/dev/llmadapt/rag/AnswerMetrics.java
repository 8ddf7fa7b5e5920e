package dev.llmadapt.rag;

import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.rag.splitting.TextSplitter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.regex.Pattern;

/** How good answers are: beside the right answer, or beside the sources, as a model judges. All values are in [0, 1]. */
public final class AnswerMetrics {
    private static final Pattern CITATION = Pattern.compile("\\s*\\[\\d[\\d,; ]*]");

    private AnswerMetrics() {}

    /** 1 if both are the same after {@link #normalized}, else 0: EM of SQuAD (Rajpurkar et al. 2016). */
    public static Metric exactMatch() {
        return new SquadMetric("EM", (expected, actual) -> expected.equals(actual) ? 1 : 0);
    }

    /**
     * The harmonic mean of the precision and recall of the words of the answer, after {@link #normalized}, each word as often
     * as it stands: F1 of SQuAD. Where one of both has no words, 1 if both have none.
     */
    public static Metric f1() {
        return new SquadMetric("F1", AnswerMetrics::f1);
    }

    private static double f1(String expected, String actual) {
        if (expected.isEmpty() || actual.isEmpty()) {
            return expected.equals(actual) ? 1 : 0;
        }
        String[] wanted = expected.split(" ", -1);
        String[] got = actual.split(" ", -1);
        Map<String, Integer> left = new HashMap<>();
        for (String word : wanted) {
            left.merge(word, 1, Integer::sum);
        }
        int same = 0;
        for (String word : got) {
            if (left.getOrDefault(word, 0) > 0) {
                left.merge(word, -1, Integer::sum);
                same++;
            }
        }
        return 2.0 * same / (wanted.length + got.length);
    }

    /** Compares normalised texts. */
    private record SquadMetric(String name, ToDoubleBiFunction<String, String> compare) implements Metric {
        @Override
        public double score(String expected, String actual) {
            return compare.applyAsDouble(normalized(expected), normalized(actual));
        }
    }

    /** The best value over several right answers; 0 without any. */
    public static double best(Metric metric, List<String> expected, String actual) {
        return expected.stream()
                .mapToDouble(each -> metric.score(each, actual))
                .max()
                .orElse(0);
    }

    /** As SQuAD's script: lower case, no ASCII punctuation, no English articles, single spaces. */
    public static String normalized(String answer) {
        return answer.toLowerCase(Locale.ROOT)
                .replaceAll("[!-/:-@\\[-`{-~]", "")
                .replaceAll("\\b(a|an|the)\\b", " ")
                .replaceAll("\\s+", " ")
                .strip();
    }

    /**
     * How sure a model is that the sources support an answer (Es et al. 2024, "RAGAS"): the mean, over the answer's sentences
     * that have words, of the probability of "Yes" beside "No". RAGAS has the judge write the statements of an answer first,
     * which needs a large one; here the sentences are the statements. An answer without words is faithful.
     *
     * @param judge should be a larger model than the one that answered
     */
    public static double faithfulness(Model judge, CitedAnswer answer) {
        String sources = SourceText.of(answer.sources());
        return TextSplitter.sentencesOf(CITATION.matcher(answer.text()).replaceAll(""), Locale.ROOT).stream()
                .filter(sentence -> sentence.codePoints().anyMatch(Character::isLetterOrDigit))
                .mapToDouble(sentence -> verdict(
                        judge,
                        sources + "\n\nStatement: " + sentence
                                + "\n\nIs the statement supported by the sources? Answer yes or no."))
                .average()
                .orElse(1);
    }

    /**
     * How far up the useful sources stand, as a model judges (RAGAS's context precision): the mean, over the sources and
     * weighted by the usefulness of each, of the mean usefulness of those down to it; 0 where none is of use. The usefulness
     * of a source is the probability of "Yes" beside "No" to whether it helps to answer the question.
     */
    public static double contextPrecision(Model judge, String question, List<Passage> sources) {
        double sum = 0;
        double useful = 0;
        for (int i = 0; i < sources.size(); i++) {
            double use = verdict(
                    judge,
                    SourceText.of(List.of(sources.get(i))) + "\n\nQuestion: " + question
                            + "\n\nDoes the source help to answer the question? Answer yes or no.");
            useful += use;
            sum += use * useful / (i + 1);
        }
        return useful == 0 ? 0 : sum / useful;
    }

    private static double verdict(Model judge, String prompt) {
        Scores scores = judge.score(Request.of(prompt), List.of("Yes", "No"));
        double yes = scores.entries().get(0).logProbability();
        double no = scores.entries().get(1).logProbability();
        return 1 / (1 + Math.exp(no - yes));
    }
}
