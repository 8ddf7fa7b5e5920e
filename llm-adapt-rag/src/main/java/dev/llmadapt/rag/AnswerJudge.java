package dev.llmadapt.rag;

import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.rag.splitting.Splitter;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A model that judges answers beside their sources (Es et al. 2024, "RAGAS"). All values are in [0, 1].
 *
 * @param model the judge, which should be larger than the model that answered; the caller closes it
 */
public record AnswerJudge(Model model) {
    private static final Pattern CITATION = Pattern.compile("\\s*\\[\\d[\\d,; ]*]");

    /** Refuses a model that does not score. */
    public AnswerJudge {
        model.info().requireScoring("a judge", "let a model judge that scores, such as a local one");
    }

    /**
     * The faithfulness of an answer: how sure the judge is that the sources support it. This is the mean probability of
     * "Yes" against "No" over the sentences that have words. RAGAS lets the judge write the statements of an answer
     * first, which needs a large model; here the sentences are the statements. An answer without words has the
     * faithfulness 1.
     */
    public double faithfulness(CitedAnswer answer) {
        String sources = SourceText.of(answer.sources());
        return Splitter.sentencesOf(CITATION.matcher(answer.text()).replaceAll("")).stream()
                .filter(sentence -> sentence.codePoints().anyMatch(Character::isLetterOrDigit))
                .mapToDouble(sentence -> verdict(sources + "\n\nStatement: " + sentence
                        + "\n\nIs the statement supported by the sources? Answer yes or no."))
                .average()
                .orElse(1);
    }

    /**
     * The context precision of the sources: how high the useful sources are ranked. This is the mean usefulness of the
     * sources down to each rank, averaged over the ranks and weighted by the usefulness at each; 0 if no source is
     * useful. The usefulness of a source is the probability of "Yes" against "No" when the judge is asked whether the
     * source helps to answer the question.
     */
    public double contextPrecision(String question, List<Passage> sources) {
        double sum = 0;
        double useful = 0;
        for (int i = 0; i < sources.size(); i++) {
            double use = verdict(SourceText.of(List.of(sources.get(i))) + "\n\nQuestion: " + question
                    + "\n\nDoes the source help to answer the question? Answer yes or no.");
            useful += use;
            sum += use * useful / (i + 1);
        }
        return useful == 0 ? 0 : sum / useful;
    }

    private double verdict(String prompt) {
        Scores scores = model.score(Request.of(prompt), List.of("Yes", "No"));
        double yes = scores.entries().get(0).logProbability();
        double no = scores.entries().get(1).logProbability();
        return 1 / (1 + Math.exp(no - yes));
    }
}
