package dev.llmadapt.rag.retrieval;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.factcheck.SupportCheck;
import java.util.List;

/** {@link Grounding#byWords}. */
final class WordGrounding implements Grounding {
    static final WordGrounding INSTANCE = new WordGrounding();
    static final Thresholds THRESHOLDS = new Thresholds(Double.NEGATIVE_INFINITY, 0.5); // decision 0072

    private WordGrounding() {}

    @Override
    public double answerable(String question, List<Passage> sources) {
        return sources.stream()
                .mapToDouble(source -> SupportCheck.sharedWords(question, SupportCheck.textOf(source)))
                .max()
                .orElse(0);
    }

    @Override
    public double[] nearness(String question, String sentence, List<Passage> sources) {
        return sources.stream()
                .mapToDouble(source -> SupportCheck.sharedWords(sentence, SupportCheck.textOf(source)))
                .toArray();
    }

    @Override
    public double similarity(String question, String statement, Passage passage) {
        return SupportCheck.sharedWords(statement, SupportCheck.textOf(passage));
    }

    @Override
    public Thresholds thresholds() {
        return THRESHOLDS;
    }
}
