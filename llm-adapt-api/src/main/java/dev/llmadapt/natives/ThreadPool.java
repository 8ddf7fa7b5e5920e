package dev.llmadapt.natives;

/**
 * Threads that run the operators of a graph.
 *
 * @param threads threads of one run, the caller's among them, at least 1
 * @param spinning whether they wait for work by spinning for some milliseconds, before they sleep
 */
public record ThreadPool(int threads, boolean spinning) {
    /** Refuses fewer threads than one. */
    public ThreadPool {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, threads: " + threads);
        }
    }
}
