package dev.llmadapt.local.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PackageIndexTest {
    private static final URI PAGE = URI.create("https://index.example/simple/pack/");
    private static final String HASH = "a".repeat(64);

    @Test
    void html_relativeAddressesEntitiesAndHashes_areRead() throws IOException {
        List<PackageIndex.Distribution> found = PackageIndex.parseHtml(PAGE, """
                <!DOCTYPE html><html><body>
                <A class="x" HREF='../../files/pack-1.0-py3-none-any.whl#sha256=%s' data-requires-python="&gt;=3">one</a>
                <a href="https://cdn.example/a%%2Bb/pack-1.0%%2Bcpu-py3-none-any.whl?x=1&amp;y=2#md5=abc">two</a>
                <a href="pack-1.0.tar.gz">source</a>
                <a name="none">no address</a>
                </body></html>
                """.formatted(HASH));

        assertThat(found)
                .containsExactly(
                        new PackageIndex.Distribution(
                                "pack-1.0-py3-none-any.whl",
                                URI.create("https://index.example/files/pack-1.0-py3-none-any.whl"),
                                new Content(HASH, -1)),
                        new PackageIndex.Distribution(
                                "pack-1.0+cpu-py3-none-any.whl",
                                URI.create("https://cdn.example/a%2Bb/pack-1.0%2Bcpu-py3-none-any.whl?x=1&y=2"),
                                Content.UNKNOWN));
    }

    @Test
    void html_baseElement_movesRelativeAddresses() throws IOException {
        assertThat(PackageIndex.parseHtml(
                        PAGE, "<base href='https://b.example/x/'><a href=\"p-1-py3-none-any.whl\">p</a>"))
                .extracting(d -> d.uri().toString())
                .containsExactly("https://b.example/x/p-1-py3-none-any.whl");
    }

    @Test
    void html_otherSchemes_areRefused() {
        assertThatThrownBy(() -> PackageIndex.parseHtml(PAGE, "<a href=\"file:///etc/p-1-py3-none-any.whl\">p</a>"))
                .hasMessageContaining("expected an http or https address");
    }

    @Test
    void json_files_areRead() throws IOException {
        List<PackageIndex.Distribution> found = PackageIndex.parseJson(PAGE, """
                {"meta": {"api-version": "1.1"}, "name": "pack", "files": [
                  {"filename": "pack-1.0.tar.gz", "url": "x", "hashes": {}},
                  {"filename": "pack-1.0-py3-none-any.whl", "url": "../w/pack.whl", "hashes": {"sha256": "%s"}, "size": 12}
                ]}
                """.formatted(HASH));

        assertThat(found)
                .containsExactly(new PackageIndex.Distribution(
                        "pack-1.0-py3-none-any.whl",
                        URI.create("https://index.example/simple/w/pack.whl"),
                        new Content(HASH, 12)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"files\": 3}",
                "{\"files\": [1]}",
                "{\"files\": [{\"filename\": \"p-1-py3-none-any.whl\"}]}",
                "{\"files\": [{\"filename\": \"p-1-py3-none-any.whl\", \"url\": \"x\", \"hashes\": {\"sha256\": \"zz\"}}]}",
                "{\"files\": [{\"filename\": \"p-1-py3-none-any.whl\", \"url\": \"x\", \"size\": \"many\"}]}"
            })
    void json_thatIsNoIndexPage_isRefused(String text) {
        assertThatThrownBy(() -> PackageIndex.parseJson(PAGE, text))
                .isInstanceOf(Http.FinalException.class)
                .hasMessageContaining("no package index page");
    }

    @Test
    void choose_severalWheels_takesTheOneForAnyPlatformOfExactlyTheVersion() {
        List<PackageIndex.Distribution> all = List.of(
                distribution("my_pack-1.0-cp311-cp311-win_amd64.whl"),
                distribution("my_pack-1.0.1-py3-none-any.whl"),
                distribution("My.Pack-1.0.0-py3-none-any.whl"),
                distribution("my_pack_more-1.0-py3-none-any.whl"));

        assertThat(PackageIndex.choose(all, "my-pack", "1.0"))
                .map(PackageIndex.Distribution::fileName)
                .contains("My.Pack-1.0.0-py3-none-any.whl");
        assertThat(PackageIndex.choose(all, "my-pack", "1")).isPresent();
        assertThat(PackageIndex.choose(all, "my-pack", "1.1")).isEmpty();
    }

    private static PackageIndex.Distribution distribution(String fileName) {
        return new PackageIndex.Distribution(fileName, PAGE, Content.UNKNOWN);
    }

    @Test
    void parseHtml_millionsOfQuestionMarks_takesNoSquareOfTheirNumber() {
        String page = "<a href=\"x.whl" + "?".repeat(2_000_000) + "\n?x\">";

        // Refused or not: that it ends is the point.
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            try {
                PackageIndex.parseHtml(URI.create("https://index.example/"), page);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("leads to");
            }
        });
    }

    @Test
    void parseJson_valuesOfOtherKinds_areRefused() {
        for (String page : new String[] {
            "{\"files\": [{\"filename\": {}}]}",
            "{\"files\": [{\"filename\": \"a.whl\", \"url\": {}}]}",
            "{\"files\": [{\"filename\": \"a.whl\", \"url\": \"x\", \"size\": {}}]}",
            "{\"files\": [{\"filename\": \"a.whl\", \"url\": \"x\", \"hashes\": {\"sha256\": {}}}]}",
            "{\"files\": {}}",
            "{}",
            "[".repeat(100_000)
        }) {
            assertThatThrownBy(() -> PackageIndex.parseJson(URI.create("https://index.example/"), page))
                    .as(page.substring(0, Math.min(100, page.length())))
                    .isInstanceOf(Http.FinalException.class)
                    .hasMessageContaining("PEP 691");
        }
    }
}
