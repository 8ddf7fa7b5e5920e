package dev.llmadapt.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.Browser;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.prompting.RolePrompt;
import dev.llmadapt.server.catalog.ServedModels;
import dev.llmadapt.server.http.ApiKeys;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page at the server's root; in headless Chromium, whose pictures are kept in {@code target/page}. */
class PageTest {
    private static final String KEY = "a-key-for-tests";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static ServedModels models(LocalModel model) {
        Task task = Task.answering("chat", "Answer.", List.of());
        return new ServedModels()
                .add("tiny", model)
                .addAdapted("polite", new RolePrompt("You are polite.").adapt(model, task, Progress.NONE), "tiny");
    }

    @Test
    void files_areServedToEverybody_andAskThisServerAlone() {
        try (LocalModel model = Fixtures.model();
                ModelServer server =
                        ModelServer.start(models(model), Fixtures.options().withKeys(ApiKeys.of(List.of(KEY))))) {
            ServerClient client = new ServerClient(server);
            for (String path : List.of("/", "/page.js", "/page.css")) {
                HttpResponse<String> response = client.fetch(path);
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.headers()
                                .firstValue("content-security-policy")
                                .orElse(""))
                        .contains("default-src 'none'");
                assertThat(response.body()).doesNotContain("http://", "https://");
            }
            assertThat(client.fetch("/v1/models").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void page_inABrowser_asksSideBySideByKeyboardAndOnAPhone() throws IOException, InterruptedException {
        Optional<Path> chromium = Browser.executable();
        Assumptions.assumeTrue(chromium.isPresent(), "needs Debian's package chromium on the PATH");
        try (LocalModel model = Fixtures.model();
                ModelServer server = ModelServer.start(models(model), Fixtures.options());
                Browser browser = Browser.start(chromium.orElseThrow(), folder.resolve("profile"))) {
            for (int width : new int[] {360, 1280}) {
                browser.open(server.uri().resolve("/"), width, 800, width == 360);
                await(browser, "document.querySelectorAll('#models input').length === 2");
                browser.evaluate("document.querySelectorAll('#models input')[1].checked = true;"
                        + " document.getElementById('max').value = 20; document.getElementById('prompt').focus()");
                browser.call("Input.insertText", "text", "What time is it?");
                browser.press("Enter", 13, "\r", 2);
                await(browser, "document.getElementById('status').textContent.includes('answered')");

                assertThat(browser.evaluate("document.getElementById('status').textContent")
                                .getAsString())
                        .isEqualTo("2 of 2 answered.");
                JsonArray answers = browser.evaluate("[...document.querySelectorAll('article')].map(a => ({"
                                + "name: a.querySelector('h2').textContent,"
                                + " text: a.querySelector('.text:not(details *)').textContent,"
                                + " times: a.querySelector('.times').textContent}))")
                        .getAsJsonArray();
                assertThat(answers).extracting(each -> text(each, "name")).containsExactly("tiny", "polite");
                for (JsonElement each : answers) {
                    assertThat(text(each, "text")).isNotEmpty();
                    assertThat(text(each, "times")).contains("first token after", "tokens");
                }
                assertThat(browser.evaluate("document.documentElement.scrollWidth")
                                .getAsInt())
                        .as("nothing is wider than the screen")
                        .isLessThanOrEqualTo(width);
                assertThat(browser.evaluate("[...document.querySelectorAll('input, textarea')]"
                                        + ".filter(e => !e.labels.length).map(e => e.id)")
                                .getAsJsonArray())
                        .as("fields without a label")
                        .isEmpty();
                assertThat(browser.named("Network.requestWillBeSent"))
                        .extracting(event ->
                                event.getAsJsonObject("request").get("url").getAsString())
                        .allMatch(url -> url.startsWith(server.uri().toString()));
                assertThat(browser.named("Log.entryAdded"))
                        .filteredOn(event -> !event.toString().contains("favicon"))
                        .isEmpty();
                keep("page-" + width + ".png", browser.screenshot());
            }
            browser.evaluate("document.getElementById('max').value = 100000");
            browser.evaluate("document.getElementById('ask').click()");
            browser.press("Escape", 27, "");
            await(browser, "!document.getElementById('ask').disabled");
        }
    }

    private static String text(JsonElement object, String name) {
        return ((JsonObject) object).get(name).getAsString();
    }

    private static void await(Browser browser, String condition) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!browser.evaluate(condition).getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for " + condition).isLessThan(until);
            Thread.sleep(30);
        }
    }

    private static void keep(String name, byte[] picture) throws IOException {
        Path target = Files.createDirectories(Path.of("target", "page"));
        Files.write(target.resolve(name), picture);
    }
}
