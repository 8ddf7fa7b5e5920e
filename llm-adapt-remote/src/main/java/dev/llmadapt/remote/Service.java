package dev.llmadapt.remote;

import com.google.gson.JsonObject;
import dev.llmadapt.Request;
import dev.llmadapt.remote.http.Answer;
import dev.llmadapt.remote.http.HttpFailure;
import dev.llmadapt.remote.http.Transport;
import dev.llmadapt.remote.http.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server's interface: JSON there and back, errors as exceptions. Thread-safe. */
final class Service {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);

    private final RemoteOptions options;
    private final Transport transport;
    private final ServerError errors;

    Service(RemoteOptions options, Waiting waiting) {
        this.options = options;
        this.errors = new ServerError(options.apiKey(), options.model());
        this.transport = new Transport(
                new Transport.Settings(
                        options.connectTimeout(),
                        options.answerTimeout(),
                        options.retries(),
                        options.concurrency(),
                        options.requestsPerMinute()),
                options.apiKey().header(),
                waiting);
        if (options.apiKey().header().isPresent()
                && options.baseUrl().getScheme().equals("http")
                && !isLocal()) {
            LOG.warn("the API key travels unencrypted to {}; use https", options.baseUrl());
        }
    }

    private boolean isLocal() {
        String host = options.baseUrl().getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    /** The server in messages. */
    String where() {
        return options.baseUrl().toString();
    }

    ServerError errors() {
        return errors;
    }

    /** An address below the base URL, such as of {@code /models}. */
    URI below(String path) {
        return URI.create(options.baseUrl() + path);
    }

    /** An address of the server's own, beside {@code /v1}, such as of {@code /tokenize}. */
    URI beside(String path) {
        return URI.create(options.baseUrl().toString().replaceAll("/v1$", "") + path);
    }

    /** Gets an object that a server may or may not have; empty where it does not. */
    Optional<JsonObject> find(URI address) throws InterruptedException {
        String text;
        try {
            text = transport.ask(new Transport.Call("GET", address, null));
        } catch (HttpFailure e) {
            if (e.status() == 404 || e.status() == 405 || e.status() == 501 || e.status() == 400) {
                return Optional.empty();
            }
            throw errors.of(e, options.model(), List.of());
        }
        return text.strip().startsWith("{") ? Optional.of(Json.object(text, where())) : Optional.empty();
    }

    /** Gets what tells kinds of servers apart; empty where the server answers with any error. */
    Optional<JsonObject> probe(URI address) throws InterruptedException {
        try {
            String text = transport.ask(new Transport.Call("GET", address, null));
            return text.strip().startsWith("{") ? Optional.of(Json.object(text, where())) : Optional.empty();
        } catch (HttpFailure e) {
            if (e.status() == 0) {
                throw errors.of(e, options.model(), List.of());
            }
            return Optional.empty();
        } catch (RemoteException e) {
            LOG.debug("{} is no JSON", address, e);
            return Optional.empty();
        }
    }

    /** When the time of a request that was called at a moment is up, in the nanoseconds of {@link System#nanoTime}. */
    static long limit(Request request, long start) {
        Duration limit = request.scheduling().timeLimit();
        return limit.isZero() ? Transport.Call.NO_LIMIT : start + limit.toNanos();
    }

    /** Sends an object and returns the object that is answered. */
    JsonObject post(URI address, JsonObject body, List<String> asked, long limit) throws InterruptedException {
        return Json.object(postText(address, body, asked, limit), where());
    }

    /** Sends an object and returns the text that is answered. */
    String postText(URI address, JsonObject body, List<String> asked, long limit) throws InterruptedException {
        try {
            return transport.ask(new Transport.Call("POST", address, body.toString(), limit));
        } catch (HttpFailure e) {
            throw errors.of(e, Json.text(body, "model"), asked);
        }
    }

    /** Sends an object and returns the answer that begins; the caller closes it. */
    Answer open(URI address, JsonObject body, List<String> asked, long limit) throws InterruptedException {
        try {
            return transport.open(new Transport.Call("POST", address, body.toString(), limit));
        } catch (HttpFailure e) {
            throw errors.of(e, Json.text(body, "model"), asked);
        }
    }
}
