package dev.llmadapt.server.http;

/** The body of a response in pieces, each on its way at once. Used by one thread at a time. */
public interface ResponseStream extends AutoCloseable {
    /**
     * Sends a piece; waits while the client does not read.
     *
     * @throws ClientGone if the client has gone
     */
    void send(byte[] bytes);

    /** Ends the body; a second call has no effect, and a client that has gone is no failure. */
    @Override
    void close();
}
