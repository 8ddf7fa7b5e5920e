package dev.llmadapt.rag.embedding;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** {@link Reranker#load}. */
final class CrossEncoder implements Reranker {
    private static final int BATCH = 16;

    private final String name;
    private final TextEncoder encoder;
    private final EncoderSession session;
    /** Read by whoever scores, written by who closes. */
    private final ReadWriteLock open = new ReentrantReadWriteLock();

    private boolean closed;

    private CrossEncoder(String name, TextEncoder encoder, EncoderSession session) {
        this.name = name;
        this.encoder = encoder;
        this.session = session;
    }

    /** {@link Reranker#load}. */
    static Reranker load(Path folder, int maxTokens) {
        if (maxTokens < 8 || maxTokens > 1 << 20) {
            throw new IllegalArgumentException("maxTokens must be in [8, 1048576], maxTokens: " + maxTokens);
        }
        String name = folder.toString();
        String file = SentenceTransformersFolder.model(folder).toString();
        TextEncoder encoder = TextEncoder.open(SentenceTransformersFolder.tokenizer(folder), maxTokens, name);
        EncoderSession session = null;
        try {
            session = EncoderSession.open(
                    name, (environment, options) -> environment.createSession(file, options), List.of("logits"));
            CrossEncoder made = new CrossEncoder(name, encoder, session);
            made.score("a", List.of("b")); // a graph of another kind is refused here
            return made;
        } catch (RuntimeException | Error e) {
            encoder.close();
            if (session != null) {
                session.close();
            }
            throw e;
        }
    }

    @Override
    public double[] score(String query, List<String> passages) {
        open.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the reranker " + name + " is closed; load it again to use it");
            }
            List<TextEncoder.Row> rows = passages.stream()
                    .map(passage -> encoder.encode(query, passage))
                    .toList();
            int[] byLength = EncoderSession.byLength(rows);
            double[] scores = new double[rows.size()];
            session.forEach(EncoderSession.batches(rows, byLength, BATCH), (output, batch) -> {
                int from = batch * BATCH;
                int count = Math.min(BATCH, byLength.length - from);
                long[] shape = output.shape(); // (batch, labels)
                if (shape.length != 2 || shape[0] != count || shape[1] < 1 || shape[1] > 2) {
                    throw new EmbeddingException(
                            name + " returned the shape " + Arrays.toString(shape)
                                    + ", expected one or two logits a pair, (batch, 1) or (batch, 2)",
                            null);
                }
                for (int i = 0; i < count; i++) {
                    int labels = (int) shape[1];
                    EncoderSession.requireFinite(
                            name,
                            passages.get(byLength[from + i]),
                            Arrays.copyOfRange(output.values(), i * labels, (i + 1) * labels));
                    scores[byLength[from + i]] = shape[1] == 1
                            ? output.values()[i]
                            : (double) output.values()[2 * i + 1] - output.values()[2 * i];
                }
            });
            return scores;
        } finally {
            open.readLock().unlock();
        }
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                try {
                    encoder.close();
                } finally {
                    session.close();
                }
            }
        } finally {
            open.writeLock().unlock();
        }
    }
}
