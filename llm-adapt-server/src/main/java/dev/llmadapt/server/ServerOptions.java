package dev.llmadapt.server;

import dev.llmadapt.EmbeddingModel;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.rag.embedding.Reranker;
import dev.llmadapt.server.catalog.AdapterFolder;
import dev.llmadapt.server.http.ApiKeys;
import dev.llmadapt.server.http.Tls;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;

/**
 * Options of a server.
 *
 * @param host the name or address to listen at; {@code 127.0.0.1} is reached from this machine alone
 * @param port the port; 0 takes any that is free
 * @param keys those who may ask; without any, everybody who reaches the address
 * @param withoutKeys whether an address that other machines reach may be served without keys
 * @param tls the certificate of HTTPS; empty for plain HTTP
 * @param limits sizes, numbers and times
 * @param generation length and sampling of answers where a request says nothing of them
 * @param embedder what answers {@code /v1/embeddings}; stays its owner's. Empty for none
 * @param reranker what answers {@code /v1/rerank}; stays its owner's. Empty for none
 * @param adapters the folder whose adapters requests may load; empty for none, and then no request loads any
 */
public record ServerOptions(
        String host,
        int port,
        ApiKeys keys,
        boolean withoutKeys,
        Optional<Tls> tls,
        ServerLimits limits,
        GenerationOptions generation,
        Optional<EmbeddingModel> embedder,
        Optional<Reranker> reranker,
        Optional<AdapterFolder> adapters) {
    private static final ServerOptions DEFAULTS = new ServerOptions(
            "127.0.0.1",
            0,
            ApiKeys.none(),
            false,
            Optional.empty(),
            ServerLimits.defaults(),
            GenerationOptions.defaults().withMaxTokens(1024),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** Refuses null, a blank host, and a port that there is not. */
    public ServerOptions {
        if (Objects.requireNonNull(host, "host must not be null").isBlank()) {
            throw new IllegalArgumentException("host must not be blank");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port must be in [0, 65535] where 0 is any, port: " + port);
        }
        Objects.requireNonNull(keys, "keys must not be null");
        Objects.requireNonNull(tls, "tls must not be null, empty for none");
        Objects.requireNonNull(limits, "limits must not be null");
        Objects.requireNonNull(generation, "generation must not be null");
        Objects.requireNonNull(embedder, "embedder must not be null, empty for none");
        Objects.requireNonNull(reranker, "reranker must not be null, empty for none");
        Objects.requireNonNull(adapters, "adapters must not be null, empty for none");
    }

    /**
     * Any free port of {@code 127.0.0.1}, no keys, {@link ServerLimits#defaults()}, greedy answers of at most 1,024
     * tokens.
     */
    public static ServerOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The address to listen at, which a server asks for when it starts. Who opens models first asks before.
     *
     * @throws IllegalArgumentException if other machines reach it and there are no keys, unless {@link #withoutKeys}
     *     says that this is meant
     * @throws LlmAdaptException if the host is not known
     */
    public InetAddress requireAddress() {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new LlmAdaptException("the host '" + host + "' is not known; use 127.0.0.1 for this machine", e);
        }
        if (!address.isLoopbackAddress() && keys.isEmpty() && !withoutKeys) {
            throw new IllegalArgumentException("other machines reach " + host
                    + ", so the server needs API keys; give it some, let everybody ask (ServerOptions.withoutKeys,"
                    + " --no-auth), or use 127.0.0.1");
        }
        return address;
    }

    /** These options with another host. */
    public ServerOptions withHost(String host) {
        return new ServerOptions(host, port, keys, withoutKeys, tls, limits, generation, embedder, reranker, adapters);
    }

    /** These options with another port. */
    public ServerOptions withPort(int port) {
        return new ServerOptions(host, port, keys, withoutKeys, tls, limits, generation, embedder, reranker, adapters);
    }

    /** These options with keys. */
    public ServerOptions withKeys(ApiKeys keys) {
        return new ServerOptions(host, port, keys, withoutKeys, tls, limits, generation, embedder, reranker, adapters);
    }

    /** These options, which let other machines in without keys, or do not. */
    public ServerOptions withoutKeys(boolean withoutKeys) {
        return new ServerOptions(host, port, keys, withoutKeys, tls, limits, generation, embedder, reranker, adapters);
    }

    /** These options with HTTPS: the server shows this certificate, and answers no plain HTTP. */
    public ServerOptions withTls(Tls tls) {
        return new ServerOptions(
                host, port, keys, withoutKeys, Optional.of(tls), limits, generation, embedder, reranker, adapters);
    }

    /** These options with other limits. */
    public ServerOptions withLimits(ServerLimits limits) {
        return new ServerOptions(host, port, keys, withoutKeys, tls, limits, generation, embedder, reranker, adapters);
    }

    /** These options with other length and sampling of answers where a request says nothing of them. */
    public ServerOptions withGeneration(GenerationOptions generation) {
        return new ServerOptions(host, port, keys, withoutKeys, tls, limits, generation, embedder, reranker, adapters);
    }

    /** These options with an embedding model. */
    public ServerOptions withEmbedder(EmbeddingModel embedder) {
        return new ServerOptions(
                host, port, keys, withoutKeys, tls, limits, generation, Optional.of(embedder), reranker, adapters);
    }

    /** These options with a reranker. */
    public ServerOptions withReranker(Reranker reranker) {
        return new ServerOptions(
                host, port, keys, withoutKeys, tls, limits, generation, embedder, Optional.of(reranker), adapters);
    }

    /** These options with a folder whose adapters requests may load. */
    public ServerOptions withAdapters(AdapterFolder adapters) {
        return new ServerOptions(
                host, port, keys, withoutKeys, tls, limits, generation, embedder, reranker, Optional.of(adapters));
    }
}
