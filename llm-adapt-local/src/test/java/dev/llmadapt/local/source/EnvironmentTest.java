package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The cache folder and the proxies that an environment names. */
final class EnvironmentTest {
    private static Environment environment(Environment.OperatingSystem system, Map<String, String> variables) {
        return new Environment(variables, Path.of("/home/me"), system, Http.Policy.DEFAULT);
    }

    private static Environment unix(Map<String, String> variables) {
        return environment(Environment.OperatingSystem.UNIX, variables);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void cache_variables_chooseTheFolder() {
        assertThat(unix(Map.of()).cache()).isEqualTo(Path.of("/home/me/.cache/llm-adapt"));
        assertThat(unix(Map.of("XDG_CACHE_HOME", "/c")).cache()).isEqualTo(Path.of("/c/llm-adapt"));
        assertThat(unix(Map.of("XDG_CACHE_HOME", "/c", "LLM_ADAPT_CACHE", "~/own"))
                        .cache())
                .isEqualTo(Path.of("/home/me/own"));
        assertThat(environment(Environment.OperatingSystem.WINDOWS, Map.of("LOCALAPPDATA", "/local"))
                        .cache())
                .isEqualTo(Path.of("/local/llm-adapt/cache"));
    }

    @Test
    void proxies_variables_chooseBySchemeAndException() {
        Proxies proxies = Proxies.of(unix(Map.of(
                        "HTTPS_PROXY", "http://me:pw@proxy.example:3128",
                        "http_proxy", "plain.example:8080",
                        "NO_PROXY", "internal.example, .corp.example,127.0.0.1")))
                .orElseThrow();

        assertThat(proxies.select(URI.create("https://hub.example/x"))
                        .get(0)
                        .address()
                        .toString())
                .contains("proxy.example")
                .endsWith(":3128");
        assertThat(proxies.select(URI.create("http://hub.example/x"))
                        .get(0)
                        .address()
                        .toString())
                .contains("plain.example")
                .endsWith(":8080");
        for (String direct : new String[] {
            "https://internal.example/", "https://a.internal.example/", "https://x.corp.example/", "http://127.0.0.1:9/"
        }) {
            assertThat(proxies.select(URI.create(direct))).as(direct).containsExactly(Proxy.NO_PROXY);
        }
    }

    @Test
    void proxies_noVariables_leaveItToTheJdk() {
        assertThat(Proxies.of(unix(Map.of("NO_PROXY", "*")))).isEmpty();
    }

    @Test
    void proxy_isUsedForEveryRequest() throws Exception {
        try (LocalServer proxy = new LocalServer()) {
            proxy.at("/page", "text/plain", "through the proxy");
            Environment environment = unix(Map.of("HTTP_PROXY", proxy.uri("").toString()));
            Http.Get get = new Http.Get(URI.create("http://somewhere.invalid/page"), Map.of(), "");

            Http.Page page = LocalServer.http(environment).page(get, 1000);

            assertThat(page.text()).isEqualTo("through the proxy");
        }
    }
}
