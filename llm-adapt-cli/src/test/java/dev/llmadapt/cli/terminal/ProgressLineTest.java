package dev.llmadapt.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong now = new AtomicLong();

    @Test
    void plain_manyReports_areFewLines() {
        try (ProgressLine line = new ProgressLine(out, TerminalKind.PLAIN, now::get)) {
            for (int i = 0; i <= 100; i++) {
                line.report("1 of 2: a: test examples", i, 100);
                now.addAndGet(1_000_000_000L);
            }
            line.report("2 of 2: b: test examples", 0, 100);
        }
        assertThat(written()).isEqualTo("""
                        1 of 2: a: test examples 0 of 100
                        1 of 2: a: test examples 30 of 100, 1 min 11 s left
                        1 of 2: a: test examples 60 of 100, 41 s left
                        1 of 2: a: test examples 90 of 100, 11 s left
                        2 of 2: b: test examples 0 of 100
                        """);
    }

    @Test
    void plain_stageAfterStage_areALineEachTenSecondsAtMost() {
        try (ProgressLine line = new ProgressLine(out, TerminalKind.PLAIN, now::get)) {
            for (int i = 1; i <= 24; i++) {
                line.report("adapt " + i + "/24", 0, 0);
                now.addAndGet(500_000_000L);
                line.report("evaluate " + i + "/24", 0, 8);
                now.addAndGet(500_000_000L);
            }
        }
        assertThat(written()).isEqualTo("""
                        adapt 1/24
                        adapt 11/24
                        adapt 21/24
                        """);
    }

    @Test
    void interactive_reports_writeOverTheLineAndCloseRemovesIt() {
        try (ProgressLine line = new ProgressLine(out, new TerminalKind(true, true, 80), now::get)) {
            line.report("download", 50_000_000, 100_000_000);
            now.addAndGet(1_000_000_000L);
            line.report("download", 75_000_000, 100_000_000);
            line.report("download", 76_000_000, 100_000_000);
            line.report("download", 100_000_000, 100_000_000);
        }
        assertThat(written().split("\r"))
                .containsExactly(
                        "",
                        "download [##########          ] 50.0 MB of 100.0 MB",
                        "download [###############     ] 75.0 MB of 100.0 MB, 2 s left",
                        "download [####################] 100.0 MB of 100.0 MB         ",
                        " ".repeat("download [####################] 100.0 MB of 100.0 MB".length()));
    }

    @Test
    void plain_downloadWithinAnotherStage_isInMegabytes() {
        try (ProgressLine line = new ProgressLine(out, TerminalKind.PLAIN, now::get)) {
            line.report("1 of 2: embeddings: download model", 5_000_000, 20_000_000);
        }
        assertThat(written()).isEqualTo("1 of 2: embeddings: download model 5.0 MB of 20.0 MB\n");
    }

    @Test
    void interactive_longLine_isCutToTheWidth() {
        try (ProgressLine line = new ProgressLine(out, new TerminalKind(true, true, 20), now::get)) {
            line.report("a stage with a long name", 1, 0);
            assertThat(written()).isEqualTo("\ra stage with a long");
        }
    }

    @Test
    void duration_isWordedByItsSize() {
        assertThat(ProgressLine.duration(59)).isEqualTo("59 s");
        assertThat(ProgressLine.duration(125)).isEqualTo("2 min 5 s");
        assertThat(ProgressLine.duration(4_210)).isEqualTo("1 h 10 min");
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
