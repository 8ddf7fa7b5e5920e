package dev.llmadapt.pilot.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.Browser;
import dev.llmadapt.pilot.recommendation.Stakes;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The report's page in headless Chromium. The screenshots are kept in {@code target/report-page}, to be looked at;
 * another report's page by {@code -Dpage=report.html}.
 */
class ReportPageTest {
    /** A text's contrast with what is behind it (WCAG 2.1, 1.4.3), the least one of the page first. */
    private static final String CONTRAST = """
            (() => {
              const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
              const light = c => { const l = c.slice(0, 3).map(v => { v /= 255;
                return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
                return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
              const behind = e => { for (; e; e = e.parentElement) { const b = parse(getComputedStyle(e).backgroundColor);
                if (b.length === 3 || b[3] > 0) return b; } return [255, 255, 255]; };
              let least = [99, ''];
              for (const e of document.querySelectorAll('body *')) {
                const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
                if (!own || e.tagName === 'title' || e.tagName === 'desc') continue;
                const style = getComputedStyle(e);
                const a = light(parse(e.ownerSVGElement ? style.fill : style.color)), b = light(behind(e));
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < least[0]) least = [ratio, e.tagName + ' ' + e.textContent.slice(0, 40)];
              }
              return least;
            })()
            """;

    /** The element that has the focus, in words. */
    private static final String FOCUS = """
            (() => { const e = document.activeElement;
              const s = getComputedStyle(e);
              return e === document.body ? 'body' : e.tagName.toLowerCase() + '|'
                  + (e.getAttribute('aria-label') || e.textContent).trim().slice(0, 40) + '|' + s.outlineStyle; })()
            """;

    /** The pairs of texts in the plots that cover each other; a pixel counts as nothing. */
    private static final String OVERLAPS = """
            (() => { const found = [];
              for (const svg of document.querySelectorAll('svg')) {
                const all = [...svg.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()]);
                for (let i = 0; i < all.length; i++) for (let j = i + 1; j < all.length; j++) {
                  const a = all[i][1], b = all[j][1];
                  if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)
                    found.push(all[i][0] + ' / ' + all[j][0]);
                } }
              return found; })()
            """;

    /** The messages of the error browser that are to be seen. */
    private static final String SEEN =
            "[...document.querySelectorAll('.m')].filter(m => getComputedStyle(m).display !== 'none').length";

    @TempDir
    static Path folder;

    private static final Stakes STAKES =
            Stakes.none().withError(2).withPerson(1.5).withPrecision(0.9).withCurrency("EUR");
    private static Path page = Path.of("");
    private static @Nullable Browser browser;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Optional<Path> chromium = Browser.executable();
        Assumptions.assumeTrue(chromium.isPresent(), "needs Debian's package chromium on the PATH");
        String other = System.getProperty("page", "");
        page = other.isEmpty()
                ? Files.writeString(folder.resolve("report.html"), ReportHtml.write(LargeReport.report(STAKES, 72)))
                : Path.of(other).toAbsolutePath();
        browser = Browser.start(chromium.orElseThrow(), folder.resolve("profile"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    private static Browser browser() {
        return java.util.Objects.requireNonNull(browser);
    }

    @Test
    void page_everyScreenAndColours_fitsAndCanBeRead() throws IOException, InterruptedException {
        List<Integer> backgrounds = new ArrayList<>();
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {360, 390, 1280}) {
                String what = width + (dark ? "-dark" : "-light");
                browser().open(page.toUri(), width, 850, dark);
                assertThat(browser()
                                .evaluate("document.documentElement.scrollWidth")
                                .getAsInt())
                        .as(what + ": nothing but tables, which scroll, is wider than the screen")
                        .isLessThanOrEqualTo(width);
                assertThat(browser()
                                .evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector("
                                        + "'[role=region][aria-label=Measured]'))")
                                .getAsInt())
                        .as(what + ": the main table needs no scrolling")
                        .isLessThanOrEqualTo(0);
                assertThat(browser()
                                .evaluate("[...document.querySelectorAll('figure .scroll')]"
                                        + ".filter(e => e.scrollWidth > e.clientWidth).length")
                                .getAsInt())
                        .as(what + ": plots that must be scrolled")
                        .isZero();
                assertThat(browser()
                                .evaluate("[...document.querySelectorAll('[aria-label=Measured] tbody tr')]"
                                        + ".filter(r => !/\\d[\u2013 to]+\\d/.test(r.innerText)).length")
                                .getAsInt())
                        .as(what + ": rows without an interval")
                        .isZero();
                assertThat(browser().evaluate(OVERLAPS).getAsJsonArray())
                        .as(what + ": labels that cover each other")
                        .isEmpty();
                JsonElement contrast = browser().evaluate(CONTRAST);
                assertThat(contrast.getAsJsonArray().get(0).getAsDouble())
                        .as(what + ": contrast of " + contrast)
                        .isGreaterThanOrEqualTo(4.5);
                byte[] png = browser().screenshot();
                Path kept = Files.createDirectories(Path.of("target", "report-page"));
                Files.write(kept.resolve(what + ".png"), png);
                BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
                assertThat(image.getWidth()).as(what).isEqualTo(width);
                backgrounds.add(image.getRGB(1, 1) & 0xFF);
                assertThat(drawn(image))
                        .as(what + ": pixels that are not background")
                        .isGreaterThan(20_000);
            }
        }
        assertThat(backgrounds.subList(0, 3)).allMatch(blue -> blue > 200);
        assertThat(backgrounds.subList(3, 6)).allMatch(blue -> blue < 60);
    }

    @Test
    void page_opened_asksForNothingAndComplainsOfNothing() throws InterruptedException {
        browser().open(page.toUri(), 1280, 850, false);
        assertThat(browser().named("Network.requestWillBeSent"))
                .extracting(event -> event.getAsJsonObject("request").get("url").getAsString())
                .containsExactly(page.toUri().toString());
        assertThat(browser().named("Log.entryAdded")).isEmpty();
        assertThat(browser().evaluate("document.scripts.length").getAsInt()).isZero();
    }

    @Test
    void page_keyboardAlone_reachesAndOpensEverything() throws InterruptedException {
        browser().open(page.toUri(), 1280, 850, false);
        List<String> first = tour();
        assertThat(first.get(0)).startsWith("a|To the results");
        assertThat(first).as("what has the focus shows it").allMatch(stop -> !stop.endsWith("|none"));
        assertThat(first).anyMatch(stop -> stop.startsWith("div|Measured"));
        int outer = browser()
                .evaluate(
                        "[...document.querySelectorAll('details')].filter(d => !d.parentElement.closest('details')).length")
                .getAsInt();
        assertThat(first.stream().filter(stop -> stop.startsWith("summary|")))
                .as("what is folded in others is not reached yet")
                .hasSize(outer);
        browser().evaluate("document.querySelector('details:has(details) > summary').focus()");
        browser().press("Enter", 13, "\r");
        assertThat(browser()
                        .evaluate("document.querySelector('details:has(details)').open")
                        .getAsBoolean())
                .isTrue();
        List<String> second = tour();
        assertThat(second.stream().filter(stop -> stop.startsWith("summary|")).count())
                .as("what was folded in it")
                .isGreaterThan(outer);
        browser().evaluate("document.querySelector('.skip').focus()");
        browser().press("Enter", 13, "\r");
        assertThat(browser().evaluate("location.hash").getAsString()).isEqualTo("#main");
    }

    /** Where the focus goes by Tab, from the beginning to the end of the page. */
    private static List<String> tour() {
        browser().evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()");
        browser()
                .evaluate(
                        "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')");
        List<String> stops = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            browser().press("Tab", 9, "");
            String stop = browser().evaluate(FOCUS).getAsString();
            if (stop.equals("body") || (!stops.isEmpty() && stop.equals(stops.get(0)))) {
                break;
            }
            stops.add(stop);
        }
        return stops;
    }

    @Test
    void page_errorBrowser_filtersWithoutScripts() throws InterruptedException {
        browser().open(page.toUri(), 1280, 850, false);
        int all = browser().evaluate("document.querySelectorAll('.m').length").getAsInt();
        String first = browser()
                .evaluate("document.querySelector('#l0').parentElement.textContent.trim()")
                .getAsString();
        int wrong =
                browser().evaluate("document.querySelectorAll('.m.w0').length").getAsInt();
        assertThat(first).as("how many it has wrong").endsWith("(" + wrong + " of " + all + " wrong)");
        assertThat(seen())
                .as("at first, what the recommended one has wrong")
                .isEqualTo(wrong)
                .isBetween(1, all - 1);
        pick("s-all");
        assertThat(seen()).isEqualTo(all);
        pick("s-differ");
        pick("l3");
        pick("r2");
        int differ = browser()
                .evaluate("document.querySelectorAll('.m.d2-3').length")
                .getAsInt();
        assertThat(seen()).isEqualTo(differ).isBetween(1, all - 1);
        pick("r3");
        assertThat(seen()).as("one candidate does not differ from itself").isZero();
        pick("s-all");
        pick("r2");
        assertThat(browser()
                        .evaluate("[...document.querySelector('.m').querySelectorAll('.a')]"
                                + ".filter(a => getComputedStyle(a).display !== 'none').length")
                        .getAsInt())
                .as("the answers beside each other")
                .isEqualTo(2);
    }

    private static void pick(String id) {
        browser().evaluate("document.getElementById('" + id + "').click()");
    }

    private static int seen() {
        return browser().evaluate(SEEN).getAsInt();
    }

    @Test
    void page_screenReader_findsNamesRowsAndHeadings() throws InterruptedException {
        browser().open(page.toUri(), 1280, 850, false);
        browser().evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
        browser().call("Accessibility.enable");
        List<Integer> levels = new ArrayList<>();
        int images = 0;
        int rows = 0;
        for (JsonElement element : browser().call("Accessibility.getFullAXTree").getAsJsonArray("nodes")) {
            JsonObject node = element.getAsJsonObject();
            String role = text(node, "role");
            String name = text(node, "name");
            switch (role) {
                case "img", "image", "table", "region", "link", "DisclosureTriangle", "figure", "rowheader" ->
                    assertThat(name).as(role + " " + node).isNotBlank();
                default -> {}
            }
            images += role.equals("img") || role.equals("image") ? 1 : 0;
            rows += role.equals("rowheader") ? 1 : 0;
            if (role.equals("heading")) {
                assertThat(name).isNotBlank();
                for (JsonElement property : node.getAsJsonArray("properties")) {
                    if (property.getAsJsonObject().get("name").getAsString().equals("level")) {
                        levels.add(property.getAsJsonObject()
                                .getAsJsonObject("value")
                                .get("value")
                                .getAsInt());
                    }
                }
            }
        }
        assertThat(images)
                .as("plots")
                .isEqualTo(browser()
                        .evaluate("[...document.querySelectorAll('svg')]"
                                + ".filter(e => getComputedStyle(e).display !== 'none').length")
                        .getAsInt());
        assertThat(images).isPositive();
        assertThat(rows).isGreaterThan(8);
        assertThat(levels.get(0)).isEqualTo(1);
        for (int i = 1; i < levels.size(); i++) {
            assertThat(levels.get(i)).as("no level is left out, " + levels).isLessThanOrEqualTo(levels.get(i - 1) + 1);
        }
        assertThat(browser().evaluate("document.documentElement.lang").getAsString())
                .isEqualTo("en");
    }

    private static String text(JsonObject node, String key) {
        return node.has(key) && node.getAsJsonObject(key).has("value")
                ? node.getAsJsonObject(key).get("value").getAsString()
                : "";
    }

    private static long drawn(BufferedImage image) {
        int first = image.getRGB(0, 0);
        long drawn = 0;
        for (int y = 0; y < image.getHeight(); y += 2) {
            for (int x = 0; x < image.getWidth(); x += 2) {
                drawn += image.getRGB(x, y) != first ? 1 : 0;
            }
        }
        return drawn;
    }
}
