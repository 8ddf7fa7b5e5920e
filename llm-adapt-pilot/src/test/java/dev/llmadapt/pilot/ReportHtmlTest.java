package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportHtmlTest {
    @TempDir
    Path folder;

    @Test
    void write_everySection_isThereAndSafe() {
        String page = ReportHtml.write(SampleReport.report());
        assertThat(page)
                .contains("Recommendation", "Quality against cost", "Quality against latency", "Learning curves")
                .contains(
                        "Confusion",
                        "Prompts as sent",
                        "Environment and seeds",
                        "not tried",
                        "prefers-color-scheme:dark")
                .contains("it was &lt;b&gt;&quot;stolen&quot;&lt;/b&gt;", "Choose &lt;one&gt;.")
                .doesNotContain("<b>", "<script", "NaN");
    }

    @Test
    void write_selfContained_namesNoOtherPlace() {
        String page = ReportHtml.write(SampleReport.report());
        assertThat(page)
                .doesNotContain("http:", "https:", "src=", "url(", "@import", "<link")
                .contains("default-src 'none'");
    }

    @Test
    void write_structure_isForEveryone() {
        String page = ReportHtml.write(SampleReport.report());
        assertThat(page).contains("<html lang=\"en\">", "name=\"viewport\"", "<main", "To the results", "<caption>");
        assertThat(page.split("<svg", -1).length).isEqualTo(page.split("role=\"img\"", -1).length);
        assertThat(page.split("<th scope=|<th><", -1).length).isGreaterThan(10);
        for (String tag : List.of("table", "details", "svg", "section", "main", "div", "ul", "figure", "tr", "g")) {
            assertThat(page.split("<" + tag + "[ >]", -1).length)
                    .as(tag)
                    .isEqualTo(page.split("</" + tag + ">", -1).length);
        }
    }

    @Test
    void write_inABrowser_fitsAPhoneAndDraws() throws IOException, InterruptedException {
        Optional<Path> chromium = chromium();
        Assumptions.assumeTrue(chromium.isPresent(), "needs Debian's package chromium on the PATH");
        Path page = Files.writeString(folder.resolve("report.html"), ReportHtml.write(SampleReport.report()));
        Path shot = folder.resolve("shot.png");
        Process process = new ProcessBuilder(
                        chromium.get().toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--hide-scrollbars",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--window-size=390,1200",
                        "--screenshot=" + shot,
                        page.toUri().toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS))
                    .as("the browser ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("log")))
                .isZero();
        java.awt.image.BufferedImage image = javax.imageio.ImageIO.read(shot.toFile());
        int first = image.getRGB(0, 0);
        long drawn = 0;
        for (int y = 0; y < image.getHeight(); y += 2) {
            for (int x = 0; x < image.getWidth(); x += 2) {
                drawn += image.getRGB(x, y) != first ? 1 : 0;
            }
        }
        assertThat(drawn).as("pixels that are not background").isGreaterThan(5_000);
        // the rightmost column stays background: nothing is wider than the phone
        for (int y = 0; y < image.getHeight(); y++) {
            assertThat(image.getRGB(image.getWidth() - 1, y)).as("row " + y).isEqualTo(first);
        }
    }

    private static Optional<Path> chromium() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(java.io.File.pathSeparator, -1))
                .map(folder -> Path.of(folder).resolve("chromium"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
