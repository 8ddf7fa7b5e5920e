package dev.llmadapt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
     * Answers a request and hands over every piece of text as soon as it is final.
     *
     * <p>Interrupting the calling thread ends the answer within one token: the text so far is returned with
     * {@link FinishReason#INTERRUPTED} and the thread's interrupt status stays set. An exception thrown by the listener
     * ends the answer and reaches the caller.
     *
     * @param request what to answer
     * @param listener called on the calling thread, once a token, in order; its texts add up to the returned text
     * @return the whole answer
     * @throws IllegalArgumentException if the request asks for what this model cannot honour: too long a prompt, an
     *     unknown adapter, a role its chat template refuses
     */
    Generation stream(Request request, TokenListener listener);

    /** Answers a request; as {@link #stream} without a listener. */
    default Generation generate(Request request) {
        return stream(request, TokenListener.NONE);
    }

    /**
     * Answers several requests, each as if it were alone. A local model runs them as one batch.
     *
     * @return one answer a request, in their order
     */
    default List<Generation> generate(List<Request> requests) {
        List<Generation> answers = new ArrayList<>(requests.size());
        for (Request request : requests) {
            answers.add(generate(request));
        }
        return answers;
    }

    /**
     * How likely each continuation is after the prompt: the sum of its tokens' natural-log probabilities, each given all
     * that stands before it.
     *
     * @param prompt the request whose answer would begin with a continuation; its sampling options have no influence
     * @param continuations texts, each of at least one token
     * @return one score a continuation, in their order
     * @throws IllegalArgumentException as {@link #stream} does, and if a continuation has no token
     * @throws java.util.concurrent.CancellationException if the calling thread is interrupted, which stops within a few
     *     tokens; the thread's interrupt status stays set
     */
    Scores score(Request prompt, List<String> continuations);

    /**
     * What the base model will see of a request: the instructions, examples and context of every layer applied. A model
     * that is not adapted returns the request as it is.
     *
     * <p>This is why layers compose: a fine-tuning layer trains on exactly the prompts that the layers inside it produce.
     */
    default Request prepare(Request request) {
        return request;
    }

    /**
     * The nearest model of a kind among this one and those that it was adapted from: what a layer that has to know the model
     * itself, such as training, works on.
     */
    default <M extends Model> Optional<M> unwrap(Class<M> kind) {
        return kind.isInstance(this) ? Optional.of(kind.cast(this)) : Optional.empty();
    }

    /** What this model is. */
    ModelInfo info();

    /** Frees what this model owns; a second call has no effect. */
    @Override
    void close();
}
