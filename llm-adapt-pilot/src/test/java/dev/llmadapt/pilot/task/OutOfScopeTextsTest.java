package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutOfScopeTextsTest {
    @Test
    void of_ownMessages_comeFirstAndTestsAreLeftOut() {
        TaskSplit plain = new TaskSplit(ToyTask.task(), ToyTask.test(), List.of());
        List<String> general = OutOfScopeTexts.of(plain);
        assertThat(general).hasSize(16).doesNotHaveDuplicates();
        TaskSplit own = plain.withProbes(RobustnessProbes.none()
                .withOutOfScope(List.of("mine", ToyTask.test().get(0).input(), general.get(3), "yours")));
        assertThat(OutOfScopeTexts.of(own))
                .startsWith("mine", general.get(3), "yours")
                .hasSize(18)
                .containsAll(general);
    }

    @Test
    void claimed_labelForAllOthers_isNoClaim() {
        Task task = Task.classification("t", "Choose.", List.of("card", "other", "none_of_these"), List.of());
        assertThat(OutOfScopeTexts.claimed(task, "card\n")).isTrue();
        assertThat(OutOfScopeTexts.claimed(task, "other")).isFalse();
        assertThat(OutOfScopeTexts.claimed(task, "none_of_these")).isFalse();
        assertThat(OutOfScopeTexts.claimed(task, "I cannot say.")).isFalse();
    }

    @Test
    void read_fileBesideTheTask_isRead(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("out-of-scope.jsonl"), "{\"text\": \"one\"}\n{\"text\": \"two\"}\n");
        RobustnessProbes probes =
                RobustnessProbes.read(folder, ToyTask.task().withExamples(List.of(new Example("1", "a", "animal"))));
        assertThat(probes.outOfScope()).containsExactly("one", "two");
    }
}
