package dev.llmadapt.spring.ai;

import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.List;

/** Vectors of two numbers, by the length of a text. */
final class ToyEmbedder implements Embedder {
    @Override
    public String name() {
        return "toy";
    }

    @Override
    public int dimension() {
        return 2;
    }

    @Override
    public List<float[]> embedPassages(List<String> texts) {
        return texts.stream().map(text -> new float[] {text.length(), 8}).toList();
    }

    @Override
    public float[] embedQuery(String text) {
        return new float[] {text.length(), 8};
    }

    @Override
    public Tokens tokens() {
        return Tokens.words();
    }

    @Override
    public void close() {}
}
