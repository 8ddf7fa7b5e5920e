package dev.llmadapt.rag;

import dev.llmadapt.Passage;
import dev.llmadapt.rag.splitting.TextSplitter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@link Grounding#of}. Vectors of the passages seen last are kept, since the same ones are found again and again. */
final class EmbeddedGrounding implements Grounding {
    private static final int KEPT = 512; // passages

    private final Embedder embedder;
    private final Map<String, List<float[]>> vectors =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, List<float[]>> eldest) {
                    return size() > KEPT;
                }
            });

    EmbeddedGrounding(Embedder embedder) {
        if (embedder.dimension() == 0) {
            throw new IllegalArgumentException("grounding needs an embedder with vectors, got " + embedder.name());
        }
        this.embedder = embedder;
    }

    @Override
    public double answerable(String question, List<Passage> sources) {
        float[] asked = embedder.embedQuery(question);
        double whole = -1;
        double sentence = -1;
        for (Passage source : sources) {
            List<float[]> parts = parts(source);
            whole = Math.max(whole, cosine(asked, parts.get(0)));
            sentence = Math.max(sentence, nearest(asked, parts));
        }
        return (whole + sentence) / 2;
    }

    @Override
    public double[] support(String question, String sentence, List<Passage> sources) {
        float[] said = embedder.embedQuery(question + "\n" + sentence);
        double[] near = sources.stream()
                .mapToDouble(source -> nearest(said, parts(source)))
                .toArray();
        double[] found = sources.stream().mapToDouble(Passage::score).toArray();
        scale(near);
        scale(found);
        for (int i = 0; i < near.length; i++) {
            near[i] = (near[i] + found[i]) / 2;
        }
        return near;
    }

    private static void scale(double[] values) {
        double low = Arrays.stream(values).min().orElse(0);
        double high = Arrays.stream(values).max().orElse(0);
        for (int i = 0; i < values.length; i++) {
            values[i] = high > low ? (values[i] - low) / (high - low) : 1;
        }
    }

    private static double nearest(float[] vector, List<float[]> parts) {
        return parts.stream().mapToDouble(part -> cosine(vector, part)).max().orElse(-1);
    }

    /** The vector of a passage and those of its sentences. */
    private List<float[]> parts(Passage passage) {
        String title = passage.title().isEmpty() ? "" : passage.title() + "\n";
        return vectors.computeIfAbsent(title + passage.text(), words -> {
            List<String> texts = new ArrayList<>();
            texts.add(words);
            for (String sentence : TextSplitter.sentencesOf(passage.text(), Locale.ROOT)) {
                texts.add(title + sentence);
            }
            return embedder.embedPassages(texts);
        });
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        double lengthA = 0;
        double lengthB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            lengthA += (double) a[i] * a[i];
            lengthB += (double) b[i] * b[i];
        }
        return lengthA == 0 || lengthB == 0 ? 0 : dot / Math.sqrt(lengthA * lengthB);
    }
}
