package dev.llmadapt.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Timings;
import dev.llmadapt.Usage;
import dev.llmadapt.rag.evaluation.QuestionSet;
import dev.llmadapt.rag.factcheck.SupportCheck;
import dev.llmadapt.rag.splitting.PassageMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AnswerReportTest {
    @TempDir
    private Path folder;

    private static CitedAnswer answer(String text, boolean refused, List<Passage> sources, int... cited) {
        List<CitedAnswer.Citation> citations = java.util.Arrays.stream(cited)
                .mapToObj(number -> new CitedAnswer.Citation(
                        0, 1, number, sources.get(number - 1), SupportCheck.verbatim(""), true))
                .toList();
        Generation generation = new Generation(text, List.of(), FinishReason.STOP, Usage.NONE, Timings.NONE, "");
        return new CitedAnswer(
                generation,
                text,
                RagOptions.Wording.MODEL,
                sources,
                citations,
                List.of(),
                List.of(),
                refused,
                List.of());
    }

    private static Passage passage(String document) {
        return new Passage(
                document + "#0", "", "text", 1, Map.of(PassageMetadata.DOCUMENT, document), java.util.Set.of());
    }

    @Test
    void judge_verdicts_areProbabilities() {
        ScriptedModel judge = new ScriptedModel(
                request -> "", (prompt, word) -> Math.log(prompt.contains("good") == word.equals("Yes") ? 0.75 : 0.25));
        Passage good = new Passage("g", "", "good", 0);
        Passage bad = new Passage("b", "", "bad", 0);

        assertThat(new AnswerJudge(judge).faithfulness(answer("so", false, List.of(good))))
                .isCloseTo(0.75, within(1e-9));
        assertThat(new AnswerJudge(judge).faithfulness(answer("so", false, List.of(bad))))
                .isCloseTo(0.25, within(1e-9));
        ScriptedModel parts = new ScriptedModel(
                request -> "",
                (prompt, word) -> Math.log(prompt.contains("Statement: True.\n") == word.equals("Yes") ? 0.75 : 0.25));
        assertThat(new AnswerJudge(parts).faithfulness(answer("True [1]. False [2, 3]. ...", false, List.of(good))))
                .as("the mean over its sentences, without citations")
                .isCloseTo(0.5, within(1e-9));
        assertThat(new AnswerJudge(parts).faithfulness(answer(" [1]", false, List.of(good))))
                .isEqualTo(1);
        double first = new AnswerJudge(judge).contextPrecision("q", List.of(good, bad));
        double last = new AnswerJudge(judge).contextPrecision("q", List.of(bad, good));
        assertThat(first)
                .isCloseTo((0.75 * 0.75 + 0.25 * 0.5) / 1, within(1e-9))
                .isGreaterThan(last);
        assertThat(new AnswerJudge(judge).contextPrecision("q", List.of())).isZero();
    }

    @Test
    void report_measures_areOfTheQuestionsTheyAreFor() throws IOException {
        Path file = Files.writeString(folder.resolve("q.jsonl"), """
                {"id":"1","question":"one","answerable":true,"answer":"red","articles":["a"]}
                {"question":"two","answers":["x","blue"],"articles":["b"]}

                {"id":"3","question":"three","articles":"c"}
                {"id":"4","question":"four","answerable":false}
                """);
        QuestionSet set = QuestionSet.read(file);
        assertThat(set.questions()).extracting(QuestionSet.Question::id).containsExactly("1", "2", "3", "4");
        assertThat(set.answerable().questions()).hasSize(3);
        assertThat(set.unanswerable().questions()).hasSize(1);
        List<Passage> sources = List.of(passage("file.jsonl#a"), passage("file.jsonl#b"));
        Map<String, CitedAnswer> answers = Map.of(
                "one", answer("Red", false, sources, 1, 1, 2),
                "two", answer("blue one", false, sources, 1),
                "three", answer("no", true, sources),
                "four", answer("no", true, sources));
        Map<String, AnswerReport.Measure> measures =
                AnswerReport.of(set, answers::get, Progress.NONE).measures(1);

        assertThat(Objects.requireNonNull(measures.get("EM")).interval().mean()).isEqualTo(0.5);
        assertThat(Objects.requireNonNull(measures.get("F1")).interval().mean())
                .isCloseTo((1 + 2 / 3.0) / 2, within(1e-9));
        assertThat(Objects.requireNonNull(measures.get("retrieved")).interval().mean())
                .isCloseTo(2 / 3.0, within(1e-9));
        assertThat(Objects.requireNonNull(measures.get("cited")).questions()).isEqualTo(2);
        assertThat(Objects.requireNonNull(measures.get("cited")).interval().mean())
                .isEqualTo(0.5);
        assertThat(Objects.requireNonNull(measures.get("citations")).interval().mean())
                .isEqualTo(1.5);
        assertThat(Objects.requireNonNull(measures.get("refused wrongly"))
                        .interval()
                        .mean())
                .isCloseTo(1 / 3.0, within(1e-9));
        assertThat(Objects.requireNonNull(measures.get("refused rightly"))
                        .interval()
                        .mean())
                .isEqualTo(1);
    }

    @Test
    void report_judged_isOfAnswersAndOfQuestionsWithOne() {
        QuestionSet set = new QuestionSet(List.of(
                new QuestionSet.Question("1", "one", true, List.of(), List.of("a")),
                new QuestionSet.Question("2", "two", true, List.of(), List.of("a")),
                new QuestionSet.Question("3", "three", false, List.of(), List.of())));
        List<Passage> sources = List.of(passage("a"));
        Map<String, CitedAnswer> answers = Map.of(
                "one", answer("Good.", false, sources),
                "two", answer("no", true, sources),
                "three", answer("Bad.", false, sources));
        ScriptedModel judge = new ScriptedModel(
                request -> "", (prompt, word) -> Math.log(prompt.contains("Bad") == word.equals("No") ? 0.8 : 0.2));

        Map<String, AnswerReport.Measure> judged =
                AnswerReport.of(set, answers::get, Progress.NONE).judged(judge, 1, Progress.NONE);

        AnswerReport.Measure faithful = Objects.requireNonNull(judged.get("faithfulness"));
        assertThat(faithful.questions()).isEqualTo(2);
        assertThat(faithful.interval().mean()).isCloseTo(0.5, within(1e-9));
        AnswerReport.Measure precise = Objects.requireNonNull(judged.get("context precision"));
        assertThat(precise.questions()).isEqualTo(2);
        assertThat(precise.interval().mean()).isCloseTo(0.8, within(1e-9));
    }
}
