package dev.llmadapt.local.source;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that environment variables name: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and the
 * exceptions in {@code NO_PROXY}, in capitals or not, as curl and Python read them. Without them the JDK's own proxy
 * settings apply.
 *
 * <p>Credentials in a proxy's address work for http; for https the JDK refuses Basic authentication unless it was
 * started with {@code -Djdk.http.auth.tunneling.disabledSchemes=}.
 */
final class Proxies extends ProxySelector {
    private final @Nullable URI http;
    private final @Nullable URI https;
    private final List<String> exceptions;

    private Proxies(@Nullable URI http, @Nullable URI https, List<String> exceptions) {
        this.http = http;
        this.https = https;
        this.exceptions = exceptions;
    }

    static Optional<Proxies> of(Environment environment) {
        URI http = address(environment, "http_proxy");
        URI https = address(environment, "https_proxy");
        if (http == null && https == null) {
            return Optional.empty();
        }
        List<String> exceptions = new ArrayList<>();
        for (String exception : either(environment, "no_proxy").split("[,\\s]+", -1)) {
            if (!exception.isBlank()) {
                exceptions.add(exception.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""));
            }
        }
        return Optional.of(new Proxies(http, https, exceptions));
    }

    private static @Nullable URI address(Environment environment, String variable) {
        String value = either(environment, variable);
        if (value.isEmpty()) {
            value = either(environment, "all_proxy");
        }
        if (value.isEmpty()) {
            return null;
        }
        URI uri;
        try {
            uri = URI.create(value.contains("://") ? value : "http://" + value);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("the environment variable " + variable
                    + " holds no address, expected http://[user:password@]host:port");
        }
        if (uri.getHost() == null || !"http".equals(uri.getScheme())) {
            throw new IllegalStateException("the proxy in the environment variable " + variable
                    + " is not an http proxy, expected http://[user:password@]host:port, got the scheme "
                    + uri.getScheme());
        }
        return uri;
    }

    private static String either(Environment environment, String variable) {
        String small = environment.get(variable);
        return small.isEmpty() ? environment.get(variable.toUpperCase(Locale.ROOT)) : small;
    }

    void install(HttpClient.Builder builder) {
        builder.proxy(this);
        if (hasCredentials(http) || hasCredentials(https)) {
            builder.authenticator(new ProxyAuthenticator());
        }
    }

    private static boolean hasCredentials(@Nullable URI uri) {
        return uri != null && uri.getUserInfo() != null;
    }

    @Override
    public List<Proxy> select(URI uri) {
        URI proxy = "https".equals(uri.getScheme()) ? https : http;
        if (proxy == null || isException(uri)) {
            return List.of(Proxy.NO_PROXY);
        }
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port(proxy))));
    }

    private static int port(URI proxy) {
        return proxy.getPort() < 0 ? 80 : proxy.getPort();
    }

    private boolean isException(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT);
        String withPort = host + ":" + uri.getPort();
        for (String exception : exceptions) {
            if (exception.equals("*")
                    || host.equals(exception)
                    || withPort.equals(exception)
                    || host.endsWith("." + exception)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException e) {}

    /** Answers proxies only, and each with its own credentials. */
    private final class ProxyAuthenticator extends Authenticator {
        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            if (getRequestorType() != RequestorType.PROXY) {
                return null;
            }
            for (URI proxy : new URI[] {https, http}) {
                if (proxy != null
                        && proxy.getUserInfo() != null
                        && proxy.getHost().equalsIgnoreCase(getRequestingHost())
                        && port(proxy) == getRequestingPort()) {
                    String[] parts = proxy.getUserInfo().split(":", 2);
                    return new PasswordAuthentication(parts[0], (parts.length > 1 ? parts[1] : "").toCharArray());
                }
            }
            return null;
        }
    }
}
