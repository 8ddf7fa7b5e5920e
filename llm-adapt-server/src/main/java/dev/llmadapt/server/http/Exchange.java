package dev.llmadapt.server.http;

import java.util.Optional;

/**
 * One HTTP request and its response. Used by one thread at a time; a response is given once, by {@link #respond} or
 * {@link #stream}.
 */
public interface Exchange {
    /** The method, in capitals. */
    String method();

    /** The path, decoded, without the query. */
    String path();

    /** The value of a request header, without regard to case; the first where there are several. */
    Optional<String> header(String name);

    /** Who asks, for fair shares: a key's number, or the address where there are no keys. Never the key itself. */
    String caller();

    /** Says who asks. */
    void caller(String caller);

    /** The served model that the request names, for the metrics; empty while it is not known. */
    String model();

    /** Says which served model the request names. */
    void model(String name);

    /**
     * The body, read to its end.
     *
     * @throws HttpFailure 413 if it is larger than the server takes
     * @throws ClientGone if it does not come
     */
    byte[] body();

    /** Sets a header of the response, before it begins. */
    void responseHeader(String name, String value);

    /**
     * Responds.
     *
     * @param type the content type
     * @throws ClientGone if the client does not take it
     */
    void respond(int status, String type, byte[] body);

    /**
     * Begins a response of status 200 whose body is sent in pieces.
     *
     * @param type the content type
     * @throws ClientGone if the client does not take it
     */
    ResponseStream stream(String type);

    /** The status of the response, 0 before it begins. */
    int status();
}
