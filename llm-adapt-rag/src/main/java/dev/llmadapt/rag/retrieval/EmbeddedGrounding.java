package dev.llmadapt.rag.retrieval;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.Passage;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.factcheck.SupportCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** {@link Grounding#of}. */
record EmbeddedGrounding(SentenceVectors vectors, Thresholds thresholds) implements Grounding {
    private static final int MIN_WORDS = 4; // a statement with fewer says little without its question

    /** The calibrated thresholds by the embedder's name; docs/figures/retrieval.md has the command that finds them. */
    private static final Map<String, Thresholds> CALIBRATED = Map.of(
            "all-MiniLM-L6-v2-q", new Thresholds(0.389, 0.486),
            "bge-small-en-v1.5-q", new Thresholds(0.624, 0.678));

    static Grounding of(Embedder embedder) {
        Thresholds known = CALIBRATED.get(embedder.name());
        EmbeddedGrounding grounding =
                new EmbeddedGrounding(new SentenceVectors(embedder), known == null ? WordGrounding.THRESHOLDS : known);
        return known == null ? new ByWordsToo(grounding) : grounding;
    }

    @Override
    public double answerable(String question, List<Passage> sources) {
        float[] asked = vectors.ofQuery(question);
        double whole = -1;
        double sentence = -1;
        for (Passage source : sources) {
            SentenceVectors.Vectors parts = vectors.of(source);
            whole = Math.max(whole, EmbeddingModel.cosine(asked, parts.whole()));
            sentence = Math.max(sentence, parts.nearest(asked));
        }
        return (whole + sentence) / 2;
    }

    @Override
    public double[] nearness(String question, String sentence, List<Passage> sources) {
        float[] said = vectors.ofQuery(question + "\n" + sentence);
        double[] near = sources.stream()
                .mapToDouble(source -> vectors.of(source).nearest(said))
                .toArray();
        double[] found = sources.stream().mapToDouble(Passage::score).toArray();
        Scale byNearness = Scale.of(Arrays.stream(near));
        Scale byScore = Scale.of(Arrays.stream(found));
        for (int i = 0; i < near.length; i++) {
            near[i] = (byNearness.of(near[i]) + byScore.of(found[i])) / 2;
        }
        return near;
    }

    @Override
    public double similarity(String question, String statement, Passage passage) {
        boolean few = SupportCheck.words(statement) < MIN_WORDS && !question.isBlank();
        return vectors.of(passage).nearest(vectors.ofStatement(few ? question + "\n" + statement : statement));
    }

    /**
     * A grounding that compares statements by words, since no threshold is known for the vectors, and does all else by
     * vectors.
     */
    private record ByWordsToo(EmbeddedGrounding embedded) implements Grounding {
        @Override
        public double answerable(String question, List<Passage> sources) {
            return embedded.answerable(question, sources);
        }

        @Override
        public double[] nearness(String question, String sentence, List<Passage> sources) {
            return embedded.nearness(question, sentence, sources);
        }

        @Override
        public double similarity(String question, String statement, Passage passage) {
            return Grounding.byWords().similarity(question, statement, passage);
        }

        @Override
        public Thresholds thresholds() {
            return embedded.thresholds();
        }
    }
}
