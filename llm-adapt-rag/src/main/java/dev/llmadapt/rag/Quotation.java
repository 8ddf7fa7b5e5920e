package dev.llmadapt.rag;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Passage;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.Usage;
import dev.llmadapt.rag.factcheck.SupportCheck;
import dev.llmadapt.rag.retrieval.Grounding;
import dev.llmadapt.rag.splitting.Splitter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An answer made of sentences of the sources: those nearest to the question, in the passages nearest to it. It is
 * supported by construction. Sentences that look like instructions to a model are not quoted.
 */
final class Quotation {
    private static final int MAX_SENTENCES = 2; // sentences
    private static final double AS_GOOD = 0.05; // below the best score

    private Quotation() {}

    /** A sentence of a source. */
    private record Sentence(String text, int number, Passage passage, double score) {}

    /** Returns the quotation for a question; the refusal if the sources have no sentence. */
    static CitedAnswer of(
            Grounding grounding, String question, List<Passage> sources, String refusal, List<String> flagged) {
        List<Sentence> best = new ArrayList<>();
        for (Sentence each : ranked(grounding, question, sources)) {
            boolean known = best.stream().anyMatch(other -> other.text().equals(each.text()));
            if (!known
                    && best.size() < MAX_SENTENCES
                    && (best.isEmpty() || each.score() >= best.get(0).score() - AS_GOOD)) {
                best.add(each);
            }
        }
        StringBuilder text = new StringBuilder();
        List<CitedAnswer.Citation> citations = new ArrayList<>();
        for (Sentence each : best) {
            text.append(text.isEmpty() ? "\"" : " \"");
            int start = text.length();
            text.append(each.text());
            citations.add(new CitedAnswer.Citation(
                    start, text.length(), each.number(), each.passage(), SupportCheck.verbatim(each.text()), false));
            text.append("\" [").append(each.number()).append(']');
        }
        String answer = best.isEmpty() ? refusal : text.toString();
        return new CitedAnswer(
                generation(answer),
                answer,
                RagOptions.Wording.QUOTED,
                sources,
                citations,
                List.of(),
                List.of(),
                best.isEmpty(),
                flagged);
    }

    /** Returns a generation with a text that no model wrote. */
    static Generation generation(String text) {
        return new Generation(
                text, List.of(new Token(-1, text, Double.NaN)), FinishReason.STOP, Usage.NONE, Timings.NONE, "");
    }

    private static List<Sentence> ranked(Grounding grounding, String question, List<Passage> sources) {
        List<Sentence> sentences = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            Passage source = sources.get(i);
            double whole = grounding.answerable(question, List.of(source));
            for (String sentence : Splitter.sentencesOf(source.text())) {
                String line = sentence.replaceAll("\\s+", " ");
                if (!SourceText.isSuspicious(line) && SupportCheck.words(line) > 1) {
                    Passage alone = new Passage(source.id(), source.title(), sentence, source.score());
                    double near = grounding.answerable(question, List.of(alone));
                    sentences.add(new Sentence(line, i + 1, source, (whole + near) / 2));
                }
            }
        }
        sentences.sort(Comparator.comparingDouble(Sentence::score).reversed());
        return sentences;
    }
}
