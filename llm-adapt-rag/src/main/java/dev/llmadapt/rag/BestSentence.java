package dev.llmadapt.rag;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Query;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import dev.llmadapt.rag.embedding.Embedder;
import dev.llmadapt.rag.factcheck.SupportCheck;
import dev.llmadapt.rag.index.IndexOptions;
import dev.llmadapt.rag.index.PassageIndex;
import dev.llmadapt.rag.splitting.Splitter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A strategy that answers with a sentence of the task's corpus, without any model: the one with the largest share of
 * the question's words, stop words aside, in the passage that fits the question best by its words; of equals the first.
 * It is the floor for {@link Rag}. The answer is empty where no passage shares a word with the question.
 */
public final class BestSentence implements Strategy {
    private BestSentence() {}

    /** The best sentence of the best passage, both by words. */
    public static BestSentence byWords() {
        return new BestSentence();
    }

    @Override
    public String name() {
        return "best-sentence";
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the task has no corpus, or its answers are labels or JSON
     */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        if (task.corpus().isEmpty()) {
            throw new IllegalArgumentException(
                    "best-sentence needs a corpus, task '" + task.name() + "' has none; give it passages");
        }
        if (!task.labels().isEmpty() || task.schema().isPresent()) {
            throw new IllegalArgumentException("best-sentence answers in free text, the answers of task '" + task.name()
                    + "' are labels or JSON; take nearest-example");
        }
        PassageIndex index = PassageIndex.inMemory(Embedder.none(), IndexOptions.defaults());
        try {
            index.upsert(task.corpus());
            return new Extracting("best-sentence of " + task.name(), index);
        } catch (RuntimeException | Error e) {
            index.close();
            throw e;
        }
    }

    /** A model over an index that it owns. An answer is one token; a request's options have no influence. */
    private static final class Extracting implements Model {
        private final String name;
        private final PassageIndex index;
        private final AtomicBoolean closed = new AtomicBoolean();

        Extracting(String name, PassageIndex index) {
            this.name = name;
            this.index = index;
        }

        @Override
        public Generation stream(Request request, TokenListener listener) {
            String question = question(request);
            if (Thread.currentThread().isInterrupted()) {
                return new Generation("", List.of(), FinishReason.INTERRUPTED, Usage.NONE, Timings.NONE, "");
            }
            long start = System.nanoTime();
            String sentence = sentence(question);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            List<Token> tokens = sentence.isEmpty()
                    ? List.of()
                    : List.of(new Token(0, sentence, request.options().logProbabilities() ? 0 : Double.NaN));
            tokens.forEach(listener::onToken);
            Usage usage = new Usage(SupportCheck.words(question), tokens.size());
            return new Generation(sentence, tokens, FinishReason.STOP, usage, new Timings(took, took), "");
        }

        /** Scores the best sentence 0, whose probability is 1, and every other text negative infinity. */
        @Override
        public Scores score(Request prompt, List<String> continuations) {
            String question = question(prompt);
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted while scoring");
            }
            String sentence = sentence(question);
            return new Scores(
                    continuations.stream()
                            .map(text -> new Scores.Entry(
                                    text,
                                    List.of(new Token(0, text, text.equals(sentence) ? 0 : Double.NEGATIVE_INFINITY))))
                            .toList(),
                    new Usage(SupportCheck.words(question), 0));
        }

        private String sentence(String question) {
            String best = "";
            double most = -1;
            for (Passage passage : index.lexical().retrieve(new Query(question, 1))) {
                for (String sentence : Splitter.sentencesOf(passage.text())) {
                    double shared = SupportCheck.sharedWords(question, sentence);
                    if (shared > most) {
                        best = sentence;
                        most = shared;
                    }
                }
            }
            return best;
        }

        /** Returns the request unchanged; refuses one that this model cannot answer. */
        @Override
        public Request prepare(Request request) {
            question(request);
            return request;
        }

        @Override
        public ModelInfo info() {
            requireOpen();
            return new ModelInfo(name, "best-sentence", 0, Integer.MAX_VALUE, 0, "none");
        }

        @Override
        public void close() {
            if (!closed.getAndSet(true)) {
                index.close();
            }
        }

        private String question(Request request) {
            requireOpen();
            if (!request.adapters().isEmpty()) {
                throw new IllegalArgumentException("best-sentence has no adapters, unknown: "
                        + request.adapters().stream().map(AdapterUse::name).toList());
            }
            request.requireNoTools("best-sentence");
            if (request.raw() || request.last().role() == Role.ASSISTANT) {
                throw new IllegalArgumentException("best-sentence answers messages with a whole sentence, it cannot go"
                        + " on with raw text or the beginning of an answer; ask with a user message last");
            }
            if (!(request.constraint() instanceof OutputConstraint.None)) {
                throw new IllegalArgumentException(
                        "best-sentence answers in free text, it cannot keep to labels or JSON; ask without a constraint");
            }
            return request.messages().get(request.question()).content();
        }

        private void requireOpen() {
            if (closed.get()) {
                throw new IllegalStateException("best-sentence is closed; adapt again to use it");
            }
        }
    }
}
