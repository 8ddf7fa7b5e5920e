package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.Embedding;
import java.nio.FloatBuffer;

/** The numbers that enter a graph of training for each token of a text. */
interface TokenStates {
    /** Numbers of a token. */
    int width();

    /** Writes those of some tokens of a text at a buffer's position. */
    void put(TrainingText text, int from, int to, FloatBuffer target);

    /** The embeddings of the tokens. */
    static TokenStates of(Embedding embedding) {
        return new TokenStates() {
            @Override
            public int width() {
                return embedding.hiddenSize();
            }

            @Override
            public void put(TrainingText text, int from, int to, FloatBuffer target) {
                embedding.lookup(text.ids(), from, to, target);
            }
        };
    }
}
