package dev.llmadapt.rag.embedding;

import dev.llmadapt.rag.embedding.EncoderTokenizer.Sequence;
import dev.llmadapt.rag.splitting.Tokens;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * An open encoder with its tokenizer and its graph, both of which it owns. Thread-safe. Any number of threads use it at
 * a time within {@link #whileOpen}; {@link #close()} waits for them.
 */
final class Encoder implements AutoCloseable {
    private final String what;
    private final EncoderTokenizer tokenizer;
    private final EncoderSession session;
    /** The read lock is held by the encoder's users, the write lock by {@link #close()}. */
    private final ReadWriteLock open = new ReentrantReadWriteLock();

    private boolean closed;

    private Encoder(String what, EncoderTokenizer tokenizer, EncoderSession session) {
        this.what = what;
        this.tokenizer = tokenizer;
        this.session = session;
    }

    /**
     * Opens an encoder.
     *
     * @param kind the use of the model, for errors: {@code embedder} or {@code reranker}
     * @param name the name of the model
     * @param tokenizer the bytes of its {@code tokenizer.json}
     * @param maxTokens the maximal number of tokens of a sequence; longer texts are cut
     * @param outputs possible names of the output, the preferred first
     */
    static Encoder open(
            String kind,
            String name,
            byte[] tokenizer,
            int maxTokens,
            EncoderSession.Source graph,
            List<String> outputs) {
        EncoderTokenizer opened = EncoderTokenizer.open(tokenizer, maxTokens, name);
        try {
            return new Encoder("the " + kind + " " + name, opened, EncoderSession.open(name, graph, outputs));
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /**
     * Runs code that uses the encoder.
     *
     * @throws IllegalStateException if it is closed
     */
    <T> T whileOpen(Supplier<T> use) {
        open.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException(what + " is closed; load it again to use it");
            }
            return use.get();
        } finally {
            open.readLock().unlock();
        }
    }

    Sequence encode(String text) {
        return tokenizer.encode(text);
    }

    Sequence encode(String first, String second) {
        return tokenizer.encode(first, second);
    }

    List<Tokens.Span> spans(String text) {
        return tokenizer.spans(text);
    }

    /**
     * Runs sequences in batches of similar length, so that there is little padding. As many batches run at a time as
     * there are processors: on threads of the common pool, or of the caller's pool if it has one.
     *
     * @param batch the number of sequences in one run
     * @param receiver receives the output of each sequence, on any of the threads
     */
    void run(List<Sequence> sequences, int batch, Receiver receiver) {
        int[] byLength = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt(at -> sequences.get(at).ids().length))
                .mapToInt(at -> at)
                .toArray();
        int batches = (sequences.size() + batch - 1) / batch;
        IntStream.range(0, batches).parallel().forEach(number -> {
            int from = number * batch;
            int[] some = Arrays.copyOfRange(byLength, from, Math.min(byLength.length, from + batch));
            EncoderSession.Output output =
                    session.run(Arrays.stream(some).mapToObj(sequences::get).toList());
            for (int row = 0; row < some.length; row++) {
                receiver.accept(output, row, some[row]);
            }
        });
    }

    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                try {
                    tokenizer.close();
                } finally {
                    session.close();
                }
            }
        } finally {
            open.writeLock().unlock();
        }
    }

    /** A receiver of the outputs of sequences. */
    @FunctionalInterface
    interface Receiver {
        /**
         * Receives the output of one sequence.
         *
         * @param output the output of the whole batch
         * @param row the row of the sequence in the batch
         * @param sequence the index of the sequence among all
         */
        void accept(EncoderSession.Output output, int row, int sequence);
    }
}
