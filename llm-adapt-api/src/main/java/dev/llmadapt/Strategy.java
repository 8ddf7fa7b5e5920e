package dev.llmadapt;

/**
 * A way to adapt a model to a task: prompting, prompt tuning, fine-tuning, retrieval, or layers of them.
 *
 * <p>A strategy holds options only and may be used for many models and tasks, from many threads.
 */
public interface Strategy {
    /** A short name for reports, such as {@code few-shot(8)}. */
    String name();

    /**
     * Adapts a model to a task: learns from it what the strategy needs (nothing, an index, weights) and returns the new
     * model.
     *
     * @param model the model to adapt, possibly adapted already; stays open, stays the caller's, and must outlive the
     *     result
     * @param task the task to adapt to
     * @param progress a listener for the progress of long work
     * @return a new model; the caller closes it
     * @throws IllegalArgumentException if the task lacks what this strategy needs, such as examples
     */
    Model adapt(Model model, Task task, Progress progress);

    /**
     * This strategy with another one around it: {@code a.then(b)} adapts the model by {@code a} and the result by
     * {@code b}, so {@code b} sees a request first.
     */
    default Strategy then(Strategy outer) {
        return new LayeredStrategy(this, outer);
    }
}
