package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class NextCommandsTest {
    @Test
    void keep_runWithoutWork_addsWorkAndLeavesOutReports() {
        assertThat(NextCommands.keep(
                        "./llm-adapt",
                        List.of("pilot", "--task", "my own.csv", "--json", "a.json", "--html=b", "--limit=9"),
                        null))
                .containsExactly(
                        "Keep it (this measures again): ./llm-adapt pilot --task 'my own.csv' --limit=9 --work run --save"
                                + " chosen");
    }

    @Test
    void keep_runWithWork_keepsIt() {
        assertThat(NextCommands.keep(
                        "llm-adapt",
                        List.of("pilot", "--work", "w", "--strategies", "distil(embeddings>words),x"),
                        Path.of("w")))
                .containsExactly(
                        "Keep it: llm-adapt pilot --work w --strategies 'distil(embeddings>words),x' --save chosen");
    }

    @Test
    void quoted_words_areAsAShellReadsThem() {
        assertThat(NextCommands.quoted("a/b-c_1.0=x,y:z@%+")).isEqualTo("a/b-c_1.0=x,y:z@%+");
        assertThat(NextCommands.quoted("it's $HOME")).isEqualTo("'it'\\''s $HOME'");
        assertThat(NextCommands.quoted("")).isEqualTo("''");
        assertThat(NextCommands.quoted("~")).isEqualTo("'~'");
    }
}
