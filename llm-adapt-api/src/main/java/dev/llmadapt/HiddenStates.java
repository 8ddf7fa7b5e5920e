package dev.llmadapt;

import java.util.List;

/**
 * A language model that gives its hidden states: what stands in its stream at each token, before any word is chosen.
 * They are features of a text, for a classifier on a frozen model or on a tuned one.
 *
 * <p>{@link Model#unwrap} finds such a model below layers, which it does not apply: ask it for prepared requests.
 *
 * <pre>{@code
 * HiddenStates states = model.unwrap(HiddenStates.class).orElseThrow();
 * float[][] ofText = states.hiddenStates(List.of(model.prepare(request)), Pooling.MEAN).get(0);
 * float[] middle = ofText[states.stateCount() / 2];
 * }</pre>
 *
 * <p>Thread-safe, as every model is.
 */
public interface HiddenStates extends Model {
    /** The tokens whose states become one vector. */
    enum Pooling {
        /**
         * The mean over the tokens of the last message. What stands before them (a template, instructions, earlier
         * messages, soft prompts) is seen by them and not counted, nor is what a template writes after them.
         */
        MEAN,
        /**
         * The last token, which has seen all others: that of the text if the request is {@linkplain Request#raw raw},
         * as Hugging Face's sequence classifiers take it, otherwise the one before the answer.
         */
        LAST
    }

    /**
     * The number of hidden states of a token: the embedding, then what each block leaves, the last one after the final
     * norm; as Hugging Face's {@code output_hidden_states} counts them, one more than there are blocks.
     */
    int stateCount();

    /** The numbers of a state. */
    int hiddenSize();

    /**
     * Reads texts and returns a vector of each hidden state. Nothing is generated and no logits are computed. A text
     * gets the same vectors alone and among others, but for rounding.
     *
     * @param requests texts with the adapters that act on them, laid out by the chat template or
     *     {@linkplain Request#raw raw}; options and constraints have no influence. Each text must fit into the context
     *     as a whole; it takes memory by the square of its length
     * @return for each request {@code [stateCount][hiddenSize]}, the caller's own
     * @throws IllegalArgumentException as {@link #stream} does: if a text is too long, an adapter is unknown, is one
     *     that acts through the cache (prefix tuning), or the model cannot give its states (one that was exported to
     *     ONNX); and if {@link Pooling#MEAN} finds no token of the last message
     * @throws InferenceException if a state is not finite, or the engine fails
     * @throws java.util.concurrent.CancellationException if the calling thread is interrupted, which stops within some
     *     texts; the thread's interrupt status stays set
     */
    List<float[][]> hiddenStates(List<Request> requests, Pooling pooling);
}
