package dev.llmadapt.rag;

import dev.llmadapt.Passage;
import java.util.Arrays;
import java.util.List;

/** {@link Grounding#of}. */
record EmbeddedGrounding(SentenceVectors vectors) implements Grounding {
    @Override
    public double answerable(String question, List<Passage> sources) {
        float[] asked = vectors.ofQuery(question);
        double whole = -1;
        double sentence = -1;
        for (Passage source : sources) {
            SentenceVectors.Vectors parts = vectors.of(source);
            whole = Math.max(whole, SentenceVectors.cosine(asked, parts.whole()));
            sentence = Math.max(sentence, parts.nearest(asked));
        }
        return (whole + sentence) / 2;
    }

    @Override
    public double[] support(String question, String sentence, List<Passage> sources) {
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
}
