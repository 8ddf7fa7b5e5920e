package dev.llmadapt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A language model that answers requests: one loaded from a checkpoint, or one adapted from another model by a
 * {@link Strategy}.
 *
 * <p>Thread-safe: any method may be called from several threads at once. The laws every implementation keeps are in
 * {@code ModelContract}, in this module's test jar.
 *
 * <p>Who creates a model closes it. An adapted model never closes the model it was made from. After {@link #close()}
 * every other method throws {@link IllegalStateException}.
 */
public interface Model extends AutoCloseable {
    /**
     * Answers a request and passes every piece of the answer to a listener as soon as it is final.
     *
     * <p>Interrupting the calling thread ends the answer within one token: the text so far is returned with
     * {@link FinishReason#INTERRUPTED} and the thread's interrupt status stays set. An exception thrown by the listener
     * ends the answer and reaches the caller.
     *
     * @param request what to answer
     * @param listener called on the calling thread, once per token, in order; the tokens' texts add up to the returned
     *     text, and their {@linkplain Token#reasoning reasoning} to the thought that the model itself wrote before it
     * @return the whole answer
     * @throws IllegalArgumentException if the request asks for something that this model cannot do: the prompt is too
     *     long, an adapter is unknown, or the chat template refuses a role
     * @throws OverloadedException if the model bounds how many requests may wait, and as many wait already
     */
    Generation stream(Request request, TokenListener listener);

    /** Answers a request, as {@link #stream} does without a listener. */
    default Generation generate(Request request) {
        return stream(request, TokenListener.NONE);
    }

    /**
     * Answers a request with a record. The answer is constrained to JSON of {@linkplain JsonSchema#of the record's
     * schema} where the request has no constraint; the model is told nothing of it, so the request should say what is
     * asked for.
     *
     * @param request one without a constraint, or of a {@linkplain Task#extracting task of this record}
     * @param type the record
     * @return the answer, as {@link Generation#as} reads it
     * @throws AnswerException if the answer was cut off, or does not fit the record
     * @throws IllegalArgumentException as {@link #stream} does, if the record has no schema, and if the request has
     *     another constraint or tools that may be called
     */
    default <T extends Record> T generate(Request request, Class<T> type) {
        RecordShape.Fields shape = RecordShape.of(type);
        OutputConstraint json = OutputConstraint.json(JsonSchema.of(type));
        boolean kept = request.constraint() instanceof OutputConstraint.Json given
                && (given.equals(json) || given.schema().equals(RecordSchemas.builtOrNull(shape)));
        if (!kept && !(request.constraint() instanceof OutputConstraint.None)) {
            throw new IllegalArgumentException("an answer that is the record " + type.getSimpleName()
                    + " is constrained to its schema, got a request that is constrained to "
                    + request.constraint().kind() + "; leave that constraint out");
        }
        return generate(kept ? request : request.withConstraint(json)).as(type);
    }

    /**
     * Answers a request on a thread of an executor, which is held until the answer is there: give one that has a thread
     * for each answer that is to run at a time, such as one of virtual threads. {@link CompletableFuture#cancel
     * Cancelling} the future ends the answer within one token. For a limit of time, see {@link Scheduling#timeLimit}.
     *
     * @return the answer, or what {@link #generate(Request)} throws
     */
    default CompletableFuture<Generation> generateAsync(Request request, Executor executor) {
        return AnswerFuture.start(this, request, executor);
    }

    /**
     * Answers several requests, each as if it were alone. A local model runs them as one batch.
     *
     * @return one answer per request, in their order
     */
    default List<Generation> generate(List<Request> requests) {
        List<Generation> answers = new ArrayList<>(requests.size());
        for (Request request : requests) {
            answers.add(generate(request));
        }
        return answers;
    }

    /**
     * Scores continuations of a prompt. The score of a continuation is its log-probability: the sum of the natural-log
     * probabilities of its tokens, each given all tokens before it.
     *
     * @param prompt the request whose answer would begin with a continuation; its sampling options have no influence
     * @param continuations the texts to score, each of at least one token
     * @return one score per continuation, in their order
     * @throws IllegalArgumentException as {@link #stream} does, and if a continuation has no token
     * @throws java.util.concurrent.CancellationException if the calling thread is interrupted, which stops within a few
     *     tokens and leaves its interrupt status set, or if the prompt's {@linkplain Scheduling#timeLimit time limit}
     *     passes
     * @throws OverloadedException as {@link #stream} does
     */
    Scores score(Request prompt, List<String> continuations);

    /**
     * The request that reaches the base model: with the instructions, examples and context of every layer. A model that
     * is not adapted returns the request unchanged.
     *
     * <p>This is why layers compose: a fine-tuning layer trains on exactly the prompts that the layers inside it
     * produce.
     */
    default Request prepare(Request request) {
        return request;
    }

    /**
     * Finds the nearest model of a kind among this one and those that it was adapted from, for a layer that has to know
     * the model itself, such as training.
     */
    default <M extends Model> Optional<M> unwrap(Class<M> kind) {
        return kind.isInstance(this) ? Optional.of(kind.cast(this)) : Optional.empty();
    }

    /** The description of this model. */
    ModelInfo info();

    /** Frees the resources of this model; a second call has no effect. */
    @Override
    void close();
}
