package dev.llmadapt.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Decision;
import dev.llmadapt.FinishReason;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import dev.llmadapt.heads.LinearHead;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file of answers saves, and what is refused in its place. */
class AnswerFileTest {
    private static final List<String> INPUTS = List.of("that cat sleeps", "his hammer \"is\" heavy", "zu grün");
    private static final Decision DECISION =
            Decision.softmax(List.of("animal", "plant", "tool"), new double[] {0.3, -0.2, 1.7}, true);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("new").resolve("answers.jsonl");
    }

    private static FakeTeacher teacher() {
        return FakeTeacher.deciding(input -> DECISION);
    }

    private Distillation of(FakeTeacher teacher) {
        return Distillation.of(teacher, LinearHead.words(), INPUTS).withAnswerFile(file, "one");
    }

    private Distilled label(FakeTeacher teacher) {
        return of(teacher).label(ToyTask.task(), Progress.NONE);
    }

    @Test
    void label_again_asksNothingAndGivesTheSame() {
        Distilled first = label(teacher());
        FakeTeacher again = teacher();
        Distilled second = label(again);

        assertThat(again.asked).isEmpty();
        assertThat(second.task()).isEqualTo(first.task());
        assertThat(second.report().spent().calls()).isZero();
        assertThat(second.report().reused()).isEqualTo(first.report().spent());
        assertThat(second.report().text()).contains("read from an earlier run: 3 answers");
    }

    @Test
    void label_anotherTaskOrSamples_asksAnew() {
        label(teacher());
        Task other = ToyTask.task();
        FakeTeacher teacher = teacher();
        of(teacher)
                .label(
                        Task.classification("other", "", List.of("plant", "animal", "tool"), other.examples()),
                        Progress.NONE);
        assertThat(teacher.asked).as("other order of the labels").hasSize(3);

        FakeTeacher writer = FakeTeacher.writing(input -> "tool");
        DistillationOptions options = DistillationOptions.defaults().withSamples(2, 0.7);
        of(writer).withOptions(options).label(ToyTask.task(), Progress.NONE);
        of(writer).withOptions(options.withSeed(1)).label(ToyTask.task(), Progress.NONE);
        assertThat(writer.asked)
                .as("seeds 0 and 1, then 1 and 2, of which 1 is known")
                .hasSize(9);
    }

    @Test
    void label_anotherNameOfTheTeacher_asksAnew() {
        label(teacher());
        FakeTeacher other = teacher();
        of(other).withAnswerFile(file, "other").label(ToyTask.task(), Progress.NONE);

        assertThat(other.asked).hasSize(3);
    }

    @Test
    void label_twoTeachersThatLookAlike_areBothAsked() {
        FakeTeacher one = teacher();
        FakeTeacher other = teacher();
        of(one).withFurtherTeacher(other).label(ToyTask.task(), Progress.NONE);

        assertThat(one.asked).hasSize(3);
        assertThat(other.asked).hasSize(3);
    }

    @Test
    void label_interrupted_keepsWhatWasAnswered() {
        FakeTeacher slow = FakeTeacher.of(request -> {
            boolean stop = FakeTeacher.input(request).equals(INPUTS.get(1));
            if (stop) {
                Thread.currentThread().interrupt();
            }
            return FakeTeacher.generation(
                    stop ? "" : "tool", stop ? FinishReason.INTERRUPTED : FinishReason.STOP, Optional.empty());
        });
        try {
            assertThatThrownBy(() -> label(slow)).isInstanceOf(CancellationException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        FakeTeacher rest = FakeTeacher.writing(input -> "tool");
        label(rest);
        assertThat(rest.inputs()).as("the third had been answered too").containsExactly(INPUTS.get(1));
    }

    /** A killed process leaves any beginning of the file. */
    @Test
    void open_anyBeginning_goesOnToTheSameBytes() throws IOException {
        label(teacher());
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(5);
        for (int round = 0; round < 40; round++) {
            int length = random.nextInt(whole.length + 1);
            Files.write(file, Arrays.copyOf(whole, length));
            FakeTeacher teacher = teacher();
            Distilled distilled = label(teacher);

            assertThat(distilled.report().kept()).as("cut at %d", length).isEqualTo(3);
            assertThat(Files.readAllLines(file)).as("cut at %d", length).hasSize(4);
            assertThat(distilled.report().reused().calls() + teacher.asked.size())
                    .as("cut at %d", length)
                    .isEqualTo(3);
        }
    }

    @Test
    void open_anotherFile_isRefusedAndLeftAsItIs() throws IOException {
        Files.createDirectories(folder.resolve("new"));
        for (String content : List.of("text,label\nx,tool", "{\"format\":\"other\"}\n", "{\"key\":1}\n{\"half", "\n")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> label(teacher()))
                    .isInstanceOf(LlmAdaptException.class)
                    .hasMessageContaining("is no file of a teacher's answers");
            assertThat(file).hasContent(content);
        }
    }

    @Test
    void open_brokenLine_isRefusedByItsNumber() throws IOException {
        label(teacher());
        List<String> lines = Files.readAllLines(file);
        String line = lines.get(2);
        refuses(lines, line.replace("\"cutOff\":false", "\"cutOff\":0"), "line 3: 'cutOff' must be true or false");
        refuses(lines, line.replaceFirst("\"key\":\"..", "\"key\":\"ZZ"), "'key' must be 64 hexadecimal digits");
        refuses(lines, line.replace("\"promptTokens\":10", "\"promptTokens\":-1"), "'promptTokens' must be a number");
        refuses(lines, line.replace("\"promptTokens\":10", "\"promptTokens\":1e999999999"), "'promptTokens' must be");
        refuses(lines, line.replace("\"promptTokens\":10", "\"promptTokens\":0.5"), "must be a whole number");
        refuses(lines, line.replaceFirst("\"animal\":[0-9.]+", "\"animal\":0.9"), "'probabilities' are none");
        refuses(lines, line.replace("\"answer\"", "\"other\""), "expected 'answer'");
        refuses(lines, line + "}", "not JSON");
        refuses(lines, "[]", "expected a JSON object, got an array");
    }

    private void refuses(List<String> lines, String changed, String message) throws IOException {
        assertThat(changed).isNotEqualTo(lines.get(2));
        Files.write(file, List.of(lines.get(0), lines.get(1), changed, lines.get(3)));
        assertThatThrownBy(() -> label(teacher()))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining(message);
    }

    /** Whatever stands in the file, it is read or refused by one exception. */
    @Test
    void open_damagedAnywhere_isReadOrRefused() throws IOException {
        label(teacher());
        byte[] whole = Files.readAllBytes(file);
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            byte[] damaged = whole.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                byte[] edges = "{}[]\",:\\\n\r0-e\0".getBytes(StandardCharsets.UTF_8);
                damaged[random.nextInt(damaged.length)] =
                        random.nextBoolean() ? edges[random.nextInt(edges.length)] : (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try (AnswerFile open = AnswerFile.open(file, "one")) {
                assertThat(open.find("x")).as("seed %d", seed).isEmpty();
            } catch (LlmAdaptException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining(file.toString());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @Test
    void open_inUse_isRefused() {
        try (AnswerFile open = AnswerFile.open(file, "one")) {
            assertThat(open.find("x")).isEmpty();
            assertThatThrownBy(() -> AnswerFile.open(file, "one"))
                    .isInstanceOf(LlmAdaptException.class)
                    .hasMessageContaining("in use by another run");
        }
        AnswerFile.open(file, "one").close();
    }
}
