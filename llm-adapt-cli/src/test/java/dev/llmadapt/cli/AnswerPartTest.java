package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerPartTest {
    private static final String HEADER = "text,label\n";
    private static final List<String> LINES =
            List.of("a,x", "\"two\nlines\",y", "\"a \"\"quote\"\"\n\n\",z", "é,x", "\"b,c\",", ",last");

    @TempDir
    Path folder;

    @Test
    void finish_partCutOffAnywhere_hasTheSameBytes() throws IOException {
        Path target = folder.resolve("out.csv");
        Path part = folder.resolve("out.csv.part");
        fill(target, 2);
        byte[] whole = Files.readAllBytes(target);
        assertThat(Files.readString(target)).isEqualTo(HEADER + String.join("\n", LINES) + "\n");
        assertThat(part).doesNotExist();

        byte[] started;
        try (AnswerPart open = AnswerPart.open(target, "run", HEADER, true, false)) {
            open.add(LINES);
            started = Files.readAllBytes(part);
        }
        for (int batch : new int[] {1, 2, 4}) {
            for (int length = 0; length <= started.length; length++) {
                Files.write(part, Arrays.copyOf(started, length));
                fill(target, batch);
                assertThat(Files.readAllBytes(target)).as("cut at %d", length).isEqualTo(whole);
            }
        }
    }

    @Test
    void finish_linesWithEscapedQuotes_endAtTheirBreaks() {
        Path target = folder.resolve("out.jsonl");
        List<String> lines = List.of("{\"a\":\"one \\\" quote\"}", "{\"a\":\"two\"}", "{\"a\":\"\\\"\"}");
        try (AnswerPart part = AnswerPart.open(target, "run", "", false, false)) {
            part.add(lines);
        }
        try (AnswerPart part = AnswerPart.open(target, "run", "", false, false)) {
            assertThat(part.keep(1, 3)).isEqualTo(3);
            List<String> seen = new ArrayList<>();
            part.forEach(seen::add);
            assertThat(seen).isEqualTo(lines);
            part.finish();
        }
        assertThat(target).hasContent(String.join("\n", lines) + "\n");
    }

    @Test
    void keep_rows_areWholeBatches() {
        Path target = folder.resolve("out.csv");
        try (AnswerPart part = AnswerPart.open(target, "run", HEADER, true, false)) {
            part.add(LINES.subList(0, 5));
        }
        try (AnswerPart part = AnswerPart.open(target, "run", HEADER, true, false)) {
            assertThat(part.keep(2, 6)).isEqualTo(4);
            assertThat(part.keep(3, 6)).isEqualTo(3);
            List<String> seen = new ArrayList<>();
            part.forEach(seen::add);
            assertThat(seen).isEqualTo(LINES.subList(0, 3));
        }
        try (AnswerPart part = AnswerPart.open(target, "run", HEADER, true, false)) {
            assertThat(part.keep(2, 3)).as("the last batch is whole").isEqualTo(3);
        }
    }

    @Test
    void open_partOfAnotherRun_isRefusedUnlessForced() throws IOException {
        Path target = folder.resolve("out.csv");
        try (AnswerPart part = AnswerPart.open(target, "run", HEADER, true, false)) {
            part.add(LINES);
            assertThatThrownBy(() -> AnswerPart.open(target, "run", HEADER, true, true))
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("in use by another run");
        }
        for (String header : List.of(HEADER, "text,answer\n")) {
            assertThatThrownBy(() -> AnswerPart.open(target, "other", header, true, false))
                    .hasMessageContainingAll("another input, strategy, model", "--force");
        }
        try (AnswerPart part = AnswerPart.open(target, "other", HEADER, true, true)) {
            assertThat(part.keep(1, 6)).isZero();
        }
        assertThat(Files.readString(folder.resolve("out.csv.part"))).isEqualTo("llm-adapt answer other\n" + HEADER);
        Files.writeString(folder.resolve("out.csv.part"), "my own notes", StandardCharsets.UTF_8);
        assertThatThrownBy(() -> AnswerPart.open(target, "run", HEADER, true, false))
                .hasMessageContaining("--force");
    }

    private static void fill(Path target, int batch) {
        try (AnswerPart part = AnswerPart.open(target, "run", HEADER, true, false)) {
            for (int from = part.keep(batch, LINES.size()); from < LINES.size(); from += batch) {
                part.add(LINES.subList(from, Math.min(from + batch, LINES.size())));
            }
            part.finish();
        }
    }
}
