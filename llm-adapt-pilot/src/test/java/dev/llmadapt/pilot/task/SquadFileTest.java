package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Passage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SquadFileTest {
    @TempDir
    Path folder;

    @Test
    void read_paragraphs_areOnOneSideEach() throws IOException {
        StringBuilder json = new StringBuilder("{\"data\":[{\"title\":\"A_b\",\"paragraphs\":[");
        for (int i = 0; i < 8; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"context\":\"text " + i + "\",\"qas\":[{\"id\":\"" + i + "a\",\"question\":\"q" + i
                            + "?\",\"answers\":[{\"text\":\"" + i + "\"}]},{\"id\":\"" + i + "b\",\"question\":\"r" + i
                            + "?\",\"answers\":[]}]}");
        }
        Path file = Files.writeString(folder.resolve("q.json"), json.append("]}]}"));
        TaskSplit split = SquadFile.read(file, 0.5, 1);
        assertThat(split.task().corpus()).hasSize(8).extracting(Passage::title).containsOnly("A b");
        assertThat(split.test()).hasSize(3);
        assertThat(split.task().examples())
                .hasSize(3)
                .extracting(Example::id)
                .doesNotContainAnyElementsOf(
                        split.test().stream().map(Example::id).toList());
        RobustnessProbes.News news = split.probes().news().orElseThrow();
        assertThat(news.questions()).hasSize(2);
        assertThat(news.before().corpus()).hasSize(6).doesNotContainAnyElementsOf(news.passages());
        assertThat(SquadFile.read(file, 0.5, 1)).isEqualTo(split);
    }

    @Test
    void read_broken_isRefused() throws IOException {
        for (String broken : List.of("", "[]", "{}", "{\"data\":[]}", "{\"data\":[{\"paragraphs\":[{\"qas\":3}]}]}")) {
            Path file = Files.writeString(folder.resolve("b.json"), broken);
            assertThatThrownBy(() -> SquadFile.read(file, 0.5, 1)).as(broken).isInstanceOf(LlmAdaptException.class);
        }
    }
}
