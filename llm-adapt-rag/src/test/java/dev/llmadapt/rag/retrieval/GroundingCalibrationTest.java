package dev.llmadapt.rag.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.evaluation.SharedCollections;
import dev.llmadapt.rag.splitting.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The thresholds of {@link Grounding.Thresholds}, found on XQuAD in English: a question with its own paragraph and two
 * others of its article, against two others alone; a question with its answer as a statement about its own paragraph,
 * against one about another of the same article. Statements are the question's last two thirds with the answer, since
 * XQuAD has no whole sentences; sentences of the paragraph itself must pass too.
 */
final class GroundingCalibrationTest {
    /** A paragraph and its place in its article. */
    private record Paragraph(Passage passage, int article) {}

    private record Asked(String question, String answer, int paragraph) {}

    @Test
    void thresholds_onXquad_keepWhatIsSupported() throws IOException {
        assumeTrue(Boolean.getBoolean("quality"), "needs -Dquality=true, takes minutes");
        check("words", Grounding.byWords());
        try (Embedder embedder = Embedder.miniLm()) {
            check(embedder.name(), Grounding.of(embedder));
        }
        try (Embedder embedder = Embedder.bgeSmall()) {
            check(embedder.name(), Grounding.of(embedder));
        }
    }

    private static void check(String name, Grounding grounding) throws IOException {
        List<Paragraph> paragraphs = new ArrayList<>();
        List<Asked> asked = new ArrayList<>();
        read(paragraphs, asked);
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        List<Double> own = new ArrayList<>();
        List<Double> other = new ArrayList<>();
        List<Double> verbatim = new ArrayList<>();
        for (int i = 0; i < asked.size(); i += 4) {
            Asked each = asked.get(i);
            int article = paragraphs.get(each.paragraph()).article();
            List<Passage> siblings = IntStream.range(0, paragraphs.size())
                    .filter(at -> at != each.paragraph() && paragraphs.get(at).article() == article)
                    .mapToObj(at -> paragraphs.get(at).passage())
                    .toList();
            Passage mine = paragraphs.get(each.paragraph()).passage();
            with.add(grounding.answerable(each.question(), List.of(mine, siblings.get(0), siblings.get(1))));
            without.add(grounding.answerable(each.question(), siblings.subList(0, 2)));
            String statement = statement(each);
            own.add(grounding.similarity(each.question(), statement, mine));
            other.add(grounding.similarity(each.question(), statement, siblings.get(0)));
            String sentence = Splitter.sentencesOf(mine.text()).get(0);
            verbatim.add(grounding.similarity(each.question(), sentence, mine));
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | answerable: 5%% of those with an answer below %.3f, 2%% below %.3f |%n",
                name,
                quantile(with, 0.05),
                quantile(with, 0.02));
        for (double share : new double[] {0.01, 0.02, 0.05, 0.1}) {
            double least = quantile(own, share);
            double refuse = quantile(with, share);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | at %.2f lost | similarity %.3f passes %.3f of other paragraphs | answerable %.3f refuses %.3f of"
                            + " questions without | verbatim lost %.3f |%n",
                    name,
                    share,
                    least,
                    1 - below(other, least),
                    refuse,
                    below(without, refuse),
                    below(verbatim, least));
        }
        Grounding.Thresholds used = grounding.thresholds();
        System.out.printf(
                Locale.ROOT,
                "| %s | used: similarity %.3f loses %.3f, passes %.3f of others | answerable %.3f refuses %.3f with, %.3f"
                        + " without |%n",
                name,
                used.similarity(),
                below(own, used.similarity()),
                1 - below(other, used.similarity()),
                used.answerable(),
                below(with, used.answerable()),
                below(without, used.answerable()));
        assertThat(below(own, used.similarity())).as(name + ": statements lost").isLessThan(0.12);
        assertThat(below(with, used.answerable())).as(name + ": questions lost").isLessThan(0.06);
    }

    /** The question without its first words, which ask, and the answer. */
    private static String statement(Asked asked) {
        String[] words = asked.question().replace("?", "").split(" ", -1);
        int from = Math.min(words.length / 3, 2);
        return String.join(" ", List.of(words).subList(from, words.length)) + " " + asked.answer() + ".";
    }

    private static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) (share * sorted.size()));
    }

    private static double below(List<Double> values, double least) {
        return (double) values.stream().filter(each -> each < least).count() / values.size();
    }

    private static void read(List<Paragraph> paragraphs, List<Asked> asked) throws IOException {
        JsonObject file = JsonParser.parseString(
                        Files.readString(SharedCollections.data("xquad").resolve("xquad.en.json")))
                .getAsJsonObject();
        int article = 0;
        for (JsonElement each : file.getAsJsonArray("data")) {
            article++;
            for (JsonElement paragraph : each.getAsJsonObject().getAsJsonArray("paragraphs")) {
                String text = paragraph.getAsJsonObject().get("context").getAsString();
                paragraphs.add(new Paragraph(new Passage("p" + paragraphs.size(), "", text, 1), article));
                for (JsonElement question : paragraph.getAsJsonObject().getAsJsonArray("qas")) {
                    JsonObject one = question.getAsJsonObject();
                    asked.add(new Asked(
                            one.get("question").getAsString(),
                            one.getAsJsonArray("answers")
                                    .get(0)
                                    .getAsJsonObject()
                                    .get("text")
                                    .getAsString(),
                            paragraphs.size() - 1));
                }
            }
        }
    }
}
