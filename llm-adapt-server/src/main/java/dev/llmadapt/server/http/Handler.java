package dev.llmadapt.server.http;

/** What answers the requests of a route. Thread-safe. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers a request.
     *
     * @throws HttpFailure what the client is told instead of a response, if none has begun
     * @throws ClientGone if there is nobody to tell anything
     */
    void handle(Exchange exchange);
}
