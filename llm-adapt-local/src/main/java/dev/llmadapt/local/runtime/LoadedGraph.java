package dev.llmadapt.local.runtime;

/**
 * A graph that ONNX Runtime has made ready, through its Java interface or its C one.
 *
 * @param <T> the tensors it runs on
 */
sealed interface LoadedGraph<T> extends AutoCloseable permits OnnxSession, SectionedSession, DeviceSession {
    /** Binds tensors for runs; to be closed before the graph. */
    Binding<T> bind();

    @Override
    void close();

    /** The tensors of a run, by the names of the graph's inputs and outputs. Closing it leaves them open. */
    interface Binding<T> extends AutoCloseable {
        /** Puts a tensor in the place of the one of that name. */
        void input(String name, T tensor);

        /** Puts a tensor in the place of the one of that name; the run writes it. */
        void output(String name, T tensor);

        /**
         * Lets each run give back, when it ends, the memory that the engine worked in, which it keeps else for the
         * next: much after many positions at once. On a device it is kept.
         */
        default void givesBack() {}

        /** Runs the graph and waits for it. */
        void run();

        @Override
        void close();
    }
}
