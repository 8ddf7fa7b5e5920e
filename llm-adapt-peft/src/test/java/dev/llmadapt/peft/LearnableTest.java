package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.Metric;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.data.Curation;
import dev.llmadapt.peft.data.CurationReport.Reason;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples that a model cannot learn: they are left out by name, and the training goes on. */
class LearnableTest {
    private static final String STRICT = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not"
            + " supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 =="
            + " 0) %}{{ raise_exception('Conversation roles must alternate') }}{% endif %}{{ '<|im_start|>' + message['role'] +"
            + " '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{"
            + " '<|im_start|>assistant\\n' }}{% endif %}";
    private static final TrainingOptions OPTIONS =
            TrainingOptions.defaults().withEpochs(1).withMinSteps(0).withThreads(1);
    private static final LoraTuning TUNING = LoraTuning.defaults().withRank(1).withOptions(OPTIONS);

    @TempDir
    Path folder;

    @Test
    void conversations_thatTheTemplateRefuses_areLeftOut() throws IOException {
        TrainingData data = data(
                chat("user", "Hello there", "assistant", "I am fine"),
                chat("user", "a", "user", "b", "assistant", "c"),
                chat("assistant", "hi", "user", "b", "assistant", "c"),
                chat("system", "s", "user", "b", "assistant", "c"),
                chat("user", "how", "assistant", "ok"));
        try (LocalModel model = open(Golden.folder("tiny-llama"), STRICT)) {
            Curation.Curated curated = Curation.defaults()
                    .withRefusal(Tuning.refusal(model, OPTIONS))
                    .apply(data);
            assertThat(curated.data().examples())
                    .extracting(TrainingExample::line)
                    .containsExactly(1L, 5L);
            assertThat(curated.report().count(Reason.NOT_LEARNABLE)).isEqualTo(3);
            assertThat(curated.report().table())
                    .containsPattern("not learnable +3\\n +line 2, .*must alternate")
                    .contains("System role not supported");
            // Without curation, too.
            PeftAdapter adapter = TUNING.train(model, data, Progress.NONE);
            adapter.write(folder.resolve("adapter"));
            assertThat(Files.readString(folder.resolve("adapter").resolve(PeftFolder.PROVENANCE)))
                    .contains("\"texts\": 2", "\"left_out\": 3");
            // What is held back for validation is chosen from what can be learned.
            TUNING.withOptions(OPTIONS.withValidationShare(0.5)).train(model, data, Progress.NONE);
        }
    }

    @Test
    void nothing_thatCanBeLearned_isOneClearError() throws IOException {
        TrainingData data = data(chat("system", "s", "user", "b", "assistant", "c"));
        try (LocalModel model = open(Golden.folder("tiny-llama"), STRICT)) {
            assertThatThrownBy(() -> TUNING.train(model, data, Progress.NONE))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContainingAll(
                            "none of its 1 examples can be learned", "(line 1)", "System role not supported");
        }
    }

    @Test
    void token_beyondTheEmbedding_isLeftOutByLine() throws IOException {
        Path more = withMoreTokens();
        TrainingData data = data(
                chat("user", "a", "assistant", "b"),
                chat("user", "in Z\u00fcrich", "assistant", "b"),
                chat("user", "where", "assistant", "in Z\u00fcrich"),
                chat("user", "c", "assistant", "d"));
        try (LocalModel model = open(more, "")) {
            Curation.Curated curated = Curation.defaults()
                    .withRefusal(Tuning.refusal(model, OPTIONS))
                    .apply(data);
            assertThat(curated.data().examples())
                    .extracting(TrainingExample::line)
                    .containsExactly(1L, 4L);
            assertThat(curated.report().table()).contains("line 2", "the token 320", "320 rows");
            TUNING.train(model, data, Progress.NONE);
            Task task = new Task(
                    "t",
                    "i",
                    List.of(),
                    List.of(new Example("1", "a", "b"), new Example("2", "in Z\u00fcrich", "b")),
                    List.of(),
                    Metric.exactMatch());
            TUNING.train(model, task, Progress.NONE);
            assertThatThrownBy(() -> TUNING.train(
                            model, task.withExamples(List.of(task.examples().get(1))), Progress.NONE))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContainingAll("'2'", "beyond the model's embedding of 320 rows");
        }
    }

    @Test
    void answer_longerThanAText_isLeftOutByLine() throws IOException {
        TrainingData data =
                data(chat("user", "a", "assistant", "b"), chat("user", "a", "assistant", "word ".repeat(400) + "end"));
        try (LocalModel model = open(Golden.folder("tiny-llama"), "")) {
            Curation.Curated curated = Curation.defaults()
                    .withRefusal(Tuning.refusal(model, OPTIONS))
                    .apply(data);
            assertThat(curated.data().examples()).hasSize(1);
            assertThat(curated.report().table()).contains("line 2", "a text may have 256");
            TUNING.train(model, data, Progress.NONE);
        }
    }

    private static LocalModel open(Path checkpoint, String template) {
        return LocalModel.open(
                checkpoint, ModelOptions.defaults().withThreads(1).withChatTemplate(template));
    }

    /** The tiny model with a token in its tokenizer that it has no embedding for. */
    private Path withMoreTokens() throws IOException {
        Path more = Files.createDirectory(folder.resolve("more"));
        try (Stream<Path> files = Files.list(Golden.folder("tiny-llama"))) {
            for (Path file : files.toList()) {
                Files.copy(file, more.resolve(file.getFileName()));
            }
        }
        Path tokenizer = more.resolve("tokenizer.json");
        JsonObject json = JsonParser.parseString(Files.readString(tokenizer)).getAsJsonObject();
        JsonArray added = json.getAsJsonArray("added_tokens");
        JsonObject token = added.get(0).getAsJsonObject().deepCopy();
        token.addProperty("id", 320);
        token.addProperty("content", "Z\u00fcrich");
        token.addProperty("special", false);
        added.add(token);
        Files.writeString(tokenizer, json.toString());
        return more;
    }

    private static String chat(String... rolesAndTexts) {
        StringBuilder text = new StringBuilder("{\"messages\":[");
        for (int i = 0; i < rolesAndTexts.length; i += 2) {
            text.append(i == 0 ? "" : ",")
                    .append("{\"role\":\"" + rolesAndTexts[i] + "\",\"content\":\"" + rolesAndTexts[i + 1] + "\"}");
        }
        return text + "]}";
    }

    private TrainingData data(String... records) throws IOException {
        return TrainingData.read(
                Files.writeString(folder.resolve("d" + records.length + ".jsonl"), String.join("\n", records)));
    }
}
