package dev.llmadapt.rag;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.rag.evaluation.AnswerMetrics;
import dev.llmadapt.rag.evaluation.MeanInterval;
import dev.llmadapt.rag.evaluation.QuestionSet;
import dev.llmadapt.rag.factcheck.SupportCheck;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The answers of a model with sources to the questions of a set.
 *
 * @param answers the answers in the order of the questions, at least one
 */
public record AnswerReport(List<Answer> answers) {
    /** Validates and copies the answers. */
    public AnswerReport {
        answers = List.copyOf(answers);
        if (answers.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one answer, got none");
        }
    }

    /**
     * Asks all questions of a set.
     *
     * @param asking answers one question, such as {@link RagModel#ask(String)}
     * @param progress hears how many questions are done
     */
    public static AnswerReport of(
            QuestionSet set, java.util.function.Function<String, CitedAnswer> asking, Progress progress) {
        List<Answer> answers = new ArrayList<>();
        for (QuestionSet.Question question : set.questions()) {
            answers.add(new Answer(question, asking.apply(question.text())));
            progress.report("answer", answers.size(), set.questions().size());
        }
        return new AnswerReport(answers);
    }

    /**
     * The measures that the questions allow, in this order. For answerable questions: {@code EM} and {@code F1} (of
     * those with a right answer), {@code retrieved} (a right document is among the sources), {@code cited} (the answer
     * cites it; of those where it was retrieved and that were answered), {@code cited, refusals as misses} (of all
     * where it was retrieved), {@code citations} (the mean number of documents that an answer cites) and {@code refused
     * wrongly}. For the others: {@code refused rightly}. For all answered questions: {@code supported} (the share of an
     * answer's statements that a source supports), {@code nearest} (the share with a nearest source only) and
     * {@code facts of citations} (whether every checkable fact stands in the cited passages; of answers with a
     * citation).
     *
     * @param seed the seed of the resamples of the intervals
     */
    public Map<String, Measure> measures(long seed) {
        Map<String, Measure> measures = new LinkedHashMap<>();
        List<Answer> with =
                answers.stream().filter(each -> each.question().answerable()).toList();
        List<Answer> right = with.stream()
                .filter(each -> !each.question().answers().isEmpty())
                .toList();
        add(measures, "EM", right, each -> each.score(AnswerMetrics.exactMatch()), seed);
        add(measures, "F1", right, each -> each.score(AnswerMetrics.f1()), seed);
        List<Answer> named = with.stream()
                .filter(each -> !each.question().documents().isEmpty())
                .toList();
        add(measures, "retrieved", named, each -> each.isRetrieved() ? 1 : 0, seed);
        List<Answer> retrieved = named.stream().filter(Answer::isRetrieved).toList();
        List<Answer> answered =
                retrieved.stream().filter(each -> !each.answer().refused()).toList();
        add(measures, "cited", answered, each -> each.isCited() ? 1 : 0, seed);
        add(measures, "cited, refusals as misses", retrieved, each -> each.isCited() ? 1 : 0, seed);
        add(measures, "citations", answered, each -> each.cited().distinct().count(), seed);
        add(measures, "refused wrongly", with, each -> each.answer().refused() ? 1 : 0, seed);
        List<Answer> without =
                answers.stream().filter(each -> !each.question().answerable()).toList();
        add(measures, "refused rightly", without, each -> each.answer().refused() ? 1 : 0, seed);
        List<Answer> given =
                answers.stream().filter(each -> !each.answer().refused()).toList();
        add(measures, "supported", given, Answer::supported, seed);
        add(measures, "nearest", given, each -> 1 - each.supported(), seed);
        List<Answer> citing = given.stream()
                .filter(each -> !each.answer().citations().isEmpty())
                .toList();
        add(measures, "facts of citations", citing, each -> each.hasFacts() ? 1 : 0, seed);
        return measures;
    }

    /**
     * The measures that a model judges: {@code faithfulness} ({@link AnswerJudge#faithfulness}, of the answers that are
     * no refusals) and {@code context precision} ({@link AnswerJudge#contextPrecision}, of the answerable questions). A
     * measure without a question is left out.
     *
     * @param judge the judging model, which should be larger than the model that answered
     * @param seed the seed of the resamples of the intervals
     * @param progress hears how many answers are judged
     */
    public Map<String, Measure> judged(Model judge, long seed, Progress progress) {
        Map<String, Measure> measures = new LinkedHashMap<>();
        AnswerJudge judging = new AnswerJudge(judge);
        int[] done = new int[1];
        List<Answer> given = answers.stream()
                .filter(each ->
                        !each.answer().refused() && !each.answer().sources().isEmpty())
                .toList();
        List<Answer> asked = answers.stream()
                .filter(each ->
                        each.question().answerable() && !each.answer().sources().isEmpty())
                .toList();
        int all = given.size() + asked.size();
        add(
                measures,
                "faithfulness",
                given,
                each -> {
                    progress.report("judge", ++done[0], all);
                    return judging.faithfulness(each.answer());
                },
                seed);
        add(
                measures,
                "context precision",
                asked,
                each -> {
                    progress.report("judge", ++done[0], all);
                    return judging.contextPrecision(
                            each.question().text(), each.answer().sources());
                },
                seed);
        return measures;
    }

    private static void add(
            Map<String, Measure> measures, String name, List<Answer> of, ToDoubleFunction<Answer> value, long seed) {
        if (!of.isEmpty()) {
            measures.put(
                    name,
                    new Measure(
                            of.size(),
                            MeanInterval.of(of.stream().mapToDouble(value).toArray(), seed)));
        }
    }

    /**
     * A question and its answer.
     *
     * @param question the question
     * @param answer the answer
     */
    public record Answer(QuestionSet.Question question, CitedAnswer answer) {
        double score(dev.llmadapt.Metric metric) {
            return AnswerMetrics.best(metric, question.answers(), answer.text());
        }

        /** Whether a right document is among the sources. */
        public boolean isRetrieved() {
            return answer.sources().stream()
                    .anyMatch(source -> question.isAnsweredBy(PassageMetadata.document(source)));
        }

        /** The share of the answer's statements that a source supports; 0 where it states nothing. */
        public double supported() {
            long supported = answer.citations().stream()
                    .map(each -> each.start())
                    .distinct()
                    .count();
            return supported == 0
                    ? 0
                    : (double) supported / (supported + answer.nearest().size());
        }

        /** Whether every fact of every cited statement stands in the passage that is cited for it. */
        public boolean hasFacts() {
            return answer.citations().stream()
                    .allMatch(each -> SupportCheck.facts(
                                    answer.text().substring(each.start(), each.end()),
                                    SupportCheck.textOf(each.passage()))
                            .hasFacts());
        }

        /** Whether the answer cites a right document. */
        public boolean isCited() {
            return cited().anyMatch(question::isAnsweredBy);
        }

        private Stream<String> cited() {
            return answer.citations().stream().map(citation -> PassageMetadata.document(citation.passage()));
        }
    }

    /**
     * The mean of a measure over questions.
     *
     * @param questions the number of questions
     * @param interval the mean and its 95% interval
     */
    public record Measure(int questions, MeanInterval interval) {}
}
