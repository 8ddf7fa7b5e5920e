package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HumanGradesTest {
    private static final List<Example> TESTS =
            List.of(new Example("q1", "Where?", "Here."), new Example("q2", "When?", "Now."));

    @TempDir
    Path folder;

    @Test
    void read_byIdOrInput_findsTheTestExample() throws IOException {
        HumanGrades byId = HumanGrades.read(file("id,answer,grade\nq1,There.,2\nq2,\"Now, yes.\",4.5\n"), TESTS);
        assertThat(byId.grades())
                .containsExactly(
                        new HumanGrades.Graded(TESTS.get(0), "There.", 2),
                        new HumanGrades.Graded(TESTS.get(1), "Now, yes.", 4.5));
        assertThat(HumanGrades.read(file("input,answer,grade\nWhere?,a,1\nWhere?,b,5\n"), TESTS)
                        .grades())
                .extracting(HumanGrades.Graded::answer)
                .containsExactly("a", "b");
    }

    @Test
    void read_broken_isOneLineThatNamesThePlace() throws IOException {
        assertThatThrownBy(() -> HumanGrades.read(file("id,grade\nq1,2\n"), TESTS))
                .hasMessageEndingWith("expected the columns id or input, answer, grade, found columns [id, grade]");
        assertThatThrownBy(() -> HumanGrades.read(file("id,answer,grade\nq9,a,2\n"), TESTS))
                .hasMessageEndingWith("line 2: 'q9' is the id of no test example");
        assertThatThrownBy(() -> HumanGrades.read(file("id,answer,grade\nq1,a,good\n"), TESTS))
                .hasMessageEndingWith("line 2: a grade must be a number from 1 to 5, got 'good'");
        assertThatThrownBy(() -> HumanGrades.read(file("id,answer,grade\nq1,a,0\n"), TESTS))
                .hasMessageEndingWith("got '0'");
        assertThatThrownBy(() -> HumanGrades.read(file("id,answer,grade\nq1,a,3\n"), TESTS))
                .hasMessageContaining("at least two grades, got 1");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("grades.csv"), text);
    }
}
