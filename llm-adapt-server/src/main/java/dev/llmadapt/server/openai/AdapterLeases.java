package dev.llmadapt.server.openai;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.AdapterPool;
import dev.llmadapt.server.http.HttpFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases of a pool's adapters for requests, with what a client is told where there is none. */
final class AdapterLeases {
    private static final Logger LOG = LoggerFactory.getLogger(AdapterLeases.class);

    private AdapterLeases() {}

    /**
     * Takes a lease, for which the adapter is loaded if it is not in memory.
     *
     * @throws HttpFailure 500 if it cannot be loaded, 404 if it is not registered any more
     */
    static AdapterPool.Lease take(AdapterPool pool, String name) {
        try {
            return pool.use(name);
        } catch (AdapterException e) { // the message has paths of this machine
            LOG.warn("the adapter '{}' cannot be loaded: {}", name, e.getMessage());
            throw HttpFailure.of(
                            500,
                            "adapter_unavailable",
                            "the adapter '" + name + "' cannot be loaded; the server's log says why")
                    .withParam("model")
                    .withHeader("x-should-retry", "false");
        } catch (IllegalArgumentException e) {
            throw HttpFailure.of(
                            404,
                            "model_not_found",
                            "the adapter '" + name + "' was unloaded while the request was on its way")
                    .withParam("model");
        }
    }
}
