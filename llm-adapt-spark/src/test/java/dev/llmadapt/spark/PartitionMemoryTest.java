package dev.llmadapt.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.rows.RowAnswer;
import dev.llmadapt.spark.PartitionMemory.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionMemoryTest {
    private static RowAnswer of(String text) {
        return new RowAnswer(text, "an answer", null, null);
    }

    @Test
    void find_otherTextOrTask_isEmpty() {
        PartitionMemory memory = new PartitionMemory();
        Task task = new Task(1, 2);
        memory.keep(task, 0, List.of(of("a"), of("b")));
        memory.keep(task, 2, List.of(of("c")));

        assertThat(memory.find(task, 2, "c")).contains(of("c"));
        assertThat(memory.find(task, 2, "d")).as("rows in another order").isEmpty();
        assertThat(memory.find(task, 3, "c")).isEmpty();
        assertThat(memory.find(new Task(1, 3), 0, "a")).isEmpty();
        memory.forget(task);
        assertThat(memory.find(task, 0, "a")).isEmpty();
    }

    @Test
    void keep_moreThanItHolds_forgetsTheOldestTask() {
        PartitionMemory memory = new PartitionMemory();
        List<RowAnswer> many = new ArrayList<>();
        for (int i = 0; i < 150_000; i++) {
            many.add(of("x"));
        }
        memory.keep(new Task(0, 0), 0, many);
        memory.keep(new Task(0, 1), 0, many);

        assertThat(memory.find(new Task(0, 0), 0, "x")).isEmpty();
        assertThat(memory.find(new Task(0, 1), 0, "x")).isPresent();
    }
}
