package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PipConfigurationTest {
    @TempDir
    Path folder;

    @Test
    void parse_sectionsCommentsAndContinuations_areReadAsPipDoes() {
        Map<String, String> options = PipConfiguration.parse("""
                # a comment
                [global]
                index-url = https://one.example/simple
                Trusted-Host: a.example
                find_links =
                    /one
                    /two
                ; another
                [download]
                index-url = https://two.example/simple
                [freeze]
                timeout = 10
                """);

        assertThat(options)
                .containsEntry("index-url", "https://two.example/simple")
                .containsEntry("trusted-host", "a.example")
                .containsEntry("find-links", " /one /two")
                .doesNotContainKey("timeout");
    }

    @Test
    void read_laterPlaces_win() throws IOException {
        Path user = folder.resolve("home/.config/pip/pip.conf");
        Files.createDirectories(user.getParent());
        Files.writeString(user, "[global]\nindex-url = https://user.example/simple\nno-index = true\n");
        Path site = folder.resolve("venv/pip.conf");
        Files.createDirectories(site.getParent());
        Files.writeString(site, "[global]\nindex-url = https://site.example/simple\n");
        String[] machine = {"PIP_CONFIG_FILE", "", "XDG_CONFIG_DIRS", folder.toString()};

        PipConfiguration files = PipConfiguration.read(LocalServer.environment(
                folder,
                machine[0],
                machine[1],
                machine[2],
                machine[3],
                "VIRTUAL_ENV",
                folder.resolve("venv").toString()));
        PipConfiguration variables = PipConfiguration.read(LocalServer.environment(
                folder,
                machine[0],
                machine[1],
                machine[2],
                machine[3],
                "PIP_INDEX_URL",
                "https://variable.example/simple",
                "PIP_EXTRA_INDEX_URL",
                "https://b.example/x https://c.example/y"));

        assertThat(files.indexes()).extracting(l -> l.uri().getHost()).containsExactly("site.example");
        assertThat(files.noIndex()).isTrue();
        assertThat(variables.indexes())
                .extracting(l -> l.uri().getHost())
                .containsExactly("variable.example", "b.example", "c.example");
    }

    @Test
    void read_ownConfigurationFile_replacesTheUsers() throws IOException {
        Path user = folder.resolve("home/.config/pip/pip.conf");
        Files.createDirectories(user.getParent());
        Files.writeString(user, "[global]\nindex-url = https://user.example/simple\n");
        Path own = folder.resolve("own.conf");
        Files.writeString(own, "[global]\nextra-index-url = https://own.example/simple\n");

        PipConfiguration pip = PipConfiguration.read(LocalServer.environment(
                folder, "PIP_CONFIG_FILE", own.toString(), "XDG_CONFIG_DIRS", folder.toString()));

        assertThat(pip.indexes()).extracting(l -> l.uri().getHost()).containsExactly("own.example");
    }

    @Test
    void location_credentials_leaveTheAddressAndStayWithTheOrigin() throws IOException {
        PipConfiguration.Location location = PipConfiguration.Location.parse("https://me:p%40ss@index.example/simple");

        assertThat(location.uri()).isEqualTo(URI.create("https://index.example/simple"));
        assertThat(location.authorizationFor(URI.create("https://index.example/files/x.whl")))
                .isEqualTo("Basic bWU6cEBzcw==");
        assertThat(location.authorizationFor(URI.create("https://files.example/x.whl")))
                .isEmpty();
        assertThat(location.authorizationFor(URI.create("http://index.example/x.whl")))
                .isEmpty();
        assertThat(location.toString()).doesNotContain("me").doesNotContain("bWU6");
    }

    @Test
    void location_otherScheme_isRefused() {
        assertThatThrownBy(() -> PipConfiguration.Location.parse("ftp://index.example/simple"))
                .hasMessageContaining("not an http or https address");
    }
}
