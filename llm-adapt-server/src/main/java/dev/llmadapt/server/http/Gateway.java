package dev.llmadapt.server.http;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of every request: who asks is checked, the route found, a failure told, the end reported. Logs method, route,
 * status and time, never content. Thread-safe.
 */
public final class Gateway implements Handler {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final Set<String> PROBES = Set.of("/health", "/ready");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    private final Routes routes;
    private final Set<String> open;
    private final ApiKeys keys;
    private final boolean loopbackAlone;
    private final Report report;

    /** A report on requests that are over. */
    @FunctionalInterface
    public interface Report {
        /**
         * Receives the end of a request.
         *
         * @param route its path in the table, {@code other} if it has none
         * @param model the served model that it named, empty if it named none that there is
         * @param status of the response, 499 if the client went away before one
         */
        void over(String route, String model, int status);
    }

    /**
     * A gateway.
     *
     * @param open paths that everybody may fetch, beside those of probes
     * @param loopbackAlone whether the server listens to this machine alone: then, without keys, only its own names are
     *     taken as the host of a request, so that no page of a browser reaches it under a name of its own (DNS
     *     rebinding)
     */
    public Gateway(Routes routes, Set<String> open, ApiKeys keys, boolean loopbackAlone, Report report) {
        this.routes = routes;
        this.open = Set.copyOf(open);
        this.keys = keys;
        this.loopbackAlone = loopbackAlone;
        this.report = report;
    }

    @Override
    public void handle(Exchange exchange) {
        long start = System.nanoTime();
        String id = UUID.randomUUID().toString();
        exchange.responseHeader("x-request-id", id);
        String route = "other";
        boolean gone = false;
        try {
            try {
                requireCaller(exchange);
                Routes.Found found = routes.find(exchange.method(), exchange.path());
                route = found.path();
                found.handler().handle(exchange);
            } catch (HttpFailure e) {
                tell(exchange, e);
            } catch (ClientGone e) {
                throw e;
            } catch (RuntimeException | Error e) {
                // the message may have content of the request
                StackTraceElement[] trace = e.getStackTrace();
                LOG.error(
                        "request {} failed: {} at {}", id, e.getClass().getName(), trace.length == 0 ? "?" : trace[0]);
                LOG.debug("request {}", id, e);
                tell(
                        exchange,
                        HttpFailure.of(
                                500, "internal_error", "the server failed to answer; its log has the request " + id));
            }
        } catch (ClientGone e) {
            gone = true;
        } finally {
            int status = gone || exchange.status() == 0 ? 499 : exchange.status();
            report.over(route, exchange.model(), status);
            LOG.info(
                    "{} {} {} {} ms, request {}",
                    exchange.method(),
                    route,
                    status,
                    (System.nanoTime() - start) / 1_000_000,
                    id);
        }
    }

    private static void tell(Exchange exchange, HttpFailure failure) {
        if (exchange.status() == 0) {
            failure.respond(exchange);
        }
    }

    private void requireCaller(Exchange exchange) {
        if (PROBES.contains(exchange.path()) || open.contains(exchange.path())) {
            return;
        }
        if (!keys.isEmpty()) {
            OptionalInt key = keys.find(bearer(exchange));
            if (key.isEmpty()) {
                throw HttpFailure.of(
                                401,
                                "invalid_api_key",
                                "the header 'authorization' must be 'Bearer ' and a key of this server")
                        .withHeader("www-authenticate", "Bearer");
            }
            exchange.caller("key-" + (key.getAsInt() + 1));
        } else if (loopbackAlone && !LOOPBACK.contains(host(exchange))) {
            throw HttpFailure.of(
                    403,
                    "forbidden_host",
                    "without API keys this server answers under the names localhost, 127.0.0.1 and [::1] alone; give it"
                            + " keys to use another");
        }
    }

    private static String bearer(Exchange exchange) {
        String value = exchange.header("authorization").orElse("");
        return value.regionMatches(true, 0, "Bearer ", 0, 7)
                ? value.substring(7).strip()
                : "";
    }

    /** The host of a request without its port; that of this machine where an old client names none. */
    private static String host(Exchange exchange) {
        String host = exchange.header("host").orElse("localhost").strip().toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            return List.of(host.substring(1).split("]", 2)).get(0);
        }
        int colon = host.indexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }
}
