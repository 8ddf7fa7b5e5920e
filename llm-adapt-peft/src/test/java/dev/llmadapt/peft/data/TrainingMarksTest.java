package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a file marks as not to be learned, in the words of KTO, OpenAI, axolotl, ShareGPT, ms-swift, torchtune and DPO.
 */
class TrainingMarksTest {
    private static final String GOOD = "{\"prompt\":\"q\",\"completion\":\"good\"}";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"label\":false",
                "\"label\":\"False\"",
                "\"kto_tag\":false",
                "\"kto_tag\":0",
                "\"train\":false",
                "\"loss\":0",
                "\"loss_weight\":0.0",
                "\"lossWeight\":0",
                "\"weight\":\"0\"",
                "\"trainable\":\"no\"",
                "\"masked\":true",
                "\"mask\":1",
                "\"ignore\":true",
                "\"skip\":true",
                "\"rejected\":true",
                "\"chosen\":false",
                "\"desirable\":false",
                "\"weight\":1,\"train\":false",
            })
    void record_markedAsNotToBeLearned_isReportedAndLeftOut(String mark) throws IOException {
        for (String record : List.of(
                "{\"prompt\":\"q\",\"completion\":\"bad\"," + mark + "}",
                "{\"instruction\":\"q\",\"output\":\"bad\"," + mark + "}",
                "{\"question\":\"q\",\"answer\":\"bad\"," + mark + "}",
                "{" + mark + ",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                        + "{\"role\":\"assistant\",\"content\":\"bad\"}]}",
                "{" + mark + ",\"conversations\":[{\"from\":\"human\",\"value\":\"q\"},"
                        + "{\"from\":\"gpt\",\"value\":\"bad\"}]}")) {
            TrainingData data = read("a.jsonl", record + "\n" + good(record));
            assertThat(data.examples())
                    .as(record)
                    .extracting(TrainingExample::completion)
                    .containsExactly("good");
            assertThat(data.broken()).as(record).hasSize(1);
            assertThat(data.broken().get(0).reason()).startsWith("marked as not to be learned");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"label\":true",
                "\"label\":null",
                "\"kto_tag\":1",
                "\"train\":\"true\"",
                "\"loss\":null",
                "\"loss_weight\":1.0",
                "\"weight\":1",
                "\"masked\":false",
                "\"rejected\":null",
                "\"rejected\":[]",
                "\"chosen\":\"\"",
                "\"label\":\"billing\"",
            })
    void record_markedAsToBeLearned_isLearned(String mark) throws IOException {
        TrainingData data = read("a.jsonl", "{\"prompt\":\"q\",\"completion\":\"good\"," + mark + "}\n");
        assertThat(data.examples()).hasSize(1);
        assertThat(data.brokenCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"label\":0",
                "\"label\":3",
                "\"label\":\"bad\"",
                "\"weight\":0.5",
                "\"weight\":2",
                "\"loss_scale\":-1",
                "\"train\":\"perhaps\"",
                "\"mask\":[0,1]",
                "\"mask\":\"User\"",
                "\"chosen\":\"better\"",
                "\"rejected\":\"worse\"",
                "\"rejected_response\":\"worse\"",
                "\"train_detail\":[{\"begin_offset\":0,\"end_offset\":1,\"train\":false}]",
                "\"input_ids\":[1,2]",
            })
    void record_markThatCannotBeHonoured_isReportedByItsName(String mark) throws IOException {
        TrainingData data = read("a.jsonl", GOOD + "\n{\"prompt\":\"q\",\"completion\":\"bad\"," + mark + "}\n");
        assertThat(data.examples()).hasSize(1);
        assertThat(data.broken()).hasSize(1);
        assertThat(data.broken().get(0).line()).isEqualTo(2);
        assertThat(data.broken().get(0).reason()).contains(mark.substring(1, mark.indexOf('"', 1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"train\":false",
                "\"training\":false",
                "\"loss\":false",
                "\"loss_weight\":0.0",
                "\"weight\":0",
                "\"loss\":0",
                "\"masked\":true",
                "\"mask\":true",
                "\"label\":false",
                "\"loss\":false,\"weight\":1",
                "\"loss_scale\":0",
            })
    void turn_markedAsNotToBeLearned_isReadAndNotLearned(String mark) throws IOException {
        TrainingData data = read(
                "a.jsonl",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q1\",\"train\":null},{\"role\":\"assistant\",\"content\":\"bad\","
                        + mark
                        + "},{\"role\":\"user\",\"content\":\"q2\"},{\"role\":\"assistant\",\"content\":\"good\"}]}\n"
                        + "{\"messages\":[{\"role\":\"user\",\"content\":\"q1\"},{\"role\":\"assistant\",\"content\":\"bad\","
                        + mark + "}]}\n");
        assertThat(data.examples()).hasSize(1);
        assertThat(data.examples().get(0).supervised()).containsExactly(3);
        assertThat(data.examples().get(0).messages()).contains(Message.assistant("bad"));
        assertThat(data.broken().get(0).reason()).contains("no message of the assistant to learn");
        TrainingData share = read(
                "b.jsonl",
                "{\"conversations\":[{\"from\":\"human\",\"value\":\"q1\"},{\"from\":\"gpt\",\"value\":\"bad\"," + mark
                        + "},{\"from\":\"human\",\"value\":\"q2\"},{\"from\":\"gpt\",\"value\":\"good\",\"loss\":true,\"weight\":1}]}");
        assertThat(share.examples().get(0).supervised()).containsExactly(3);
    }

    @Test
    void turn_weightBetween_isReported() throws IOException {
        refuses(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                        + "{\"role\":\"assistant\",\"content\":\"half\",\"weight\":0.5}]}",
                "'messages[1].weight'",
                "0 or 1",
                "0.5");
        refuses(
                "{\"conversations\":[{\"from\":\"human\",\"value\":\"q\"},{\"from\":\"gpt\",\"value\":\"a\","
                        + "\"train_detail\":[{\"begin_offset\":0,\"end_offset\":1,\"train\":false}]}]}",
                "'conversations[1].train_detail'");
    }

    @Test
    void preferencePairs_neverLearnTheRejected() throws IOException {
        String dpo = "{\"prompt\":\"q\",\"chosen\":\"good\",\"rejected\":\"bad\"}\n";
        refuses(dpo, "chosen", "rejected", "preference");
        refuses(
                "{\"conversations\":[{\"from\":\"human\",\"value\":\"q\"},{\"from\":\"gpt\",\"value\":\"a\"}],"
                        + "\"chosen\":{\"from\":\"gpt\",\"value\":\"good\"},\"rejected\":{\"from\":\"gpt\",\"value\":\"bad\"}}",
                "preference");
        refuses(
                "{\"input\":{\"messages\":[]},\"preferred_output\":[{\"role\":\"assistant\",\"content\":\"a\"}],"
                        + "\"non_preferred_output\":[{\"role\":\"assistant\",\"content\":\"b\"}]}",
                "preference");
        refuses("{\"chosen\":[{\"role\":\"user\",\"content\":\"q\"}],\"rejected\":[]}", "preference");
    }

    @Test
    void csv_marksAsTables_areHonoured() throws IOException {
        TrainingData data = read("a.csv", "prompt,completion,label\nhi,bad,False\nhi,good,True\nhi,fine,\n");
        assertThat(data.examples()).extracting(TrainingExample::completion).containsExactly("good", "fine");
        assertThat(data.broken()).extracting(TrainingData.BrokenLine::line).containsExactly(2L);
        assertThat(read("b.csv", "text,label\na,false\nb,0\n").examples()).hasSize(2);
    }

    private static String good(String record) {
        return record.replaceFirst("\"bad\"", "\"good\"")
                .replaceAll(
                        "\"(label|kto_tag|train|loss|loss_weight|lossWeight|weight|trainable|masked|mask|ignore|skip|rejected"
                                + "|chosen|desirable)\":(\"?[a-zA-Z0-9.]+\"?)",
                        "\"$1\":null");
    }

    private void refuses(String record, String... parts) {
        assertThatThrownBy(() -> read("a.jsonl", record + "\n"))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContainingAll(parts);
    }

    private TrainingData read(String name, String text) throws IOException {
        return TrainingData.read(Files.writeString(folder.resolve(name), text));
    }
}
