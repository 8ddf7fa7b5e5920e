package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.AdapterException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterConfig.TaskType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreHeadTest {
    @TempDir
    Path temporary;

    private final StoredAdapter stored = PeftFolder.read(ClassifierGolden.folder("llama"));

    private Path target() {
        return temporary.resolve("it");
    }

    @Test
    void read_folderOfPeft_hasItsHeadAndNoLabels() {
        assertThat(((AdapterConfig.Lora) stored.config()).taskType()).isEqualTo(TaskType.SEQ_CLS);
        ScoreHead head = ScoreHead.of("llama", stored);
        assertThat(head.labels()).isEqualTo(4);
        assertThat(head.hidden()).isEqualTo(32);
        assertThat(stored.classifier()).isEmpty();
    }

    @Test
    void write_thenRead_isTheSame() throws IOException {
        ClassifierSettings settings = new ClassifierSettings(
                List.of("a", "b", "c", "Ü \"q\""),
                1.75,
                true,
                new ClassifierSettings.Wording(true, "Of: ", "\nSo it is:"),
                300);
        StoredAdapter ours = new StoredAdapter(
                stored.config(), stored.base(), stored.tensors(), Optional.empty(), Optional.of(settings));
        PeftFolder.write(target(), ours);
        StoredAdapter back = PeftFolder.read(target());
        assertThat(back.config()).isEqualTo(stored.config());
        assertThat(back.classifier()).contains(settings);
        assertThat(ScoreHead.of("it", back).weights())
                .isEqualTo(ScoreHead.of("llama", stored).weights());
        JsonObject written =
                new Gson().fromJson(Files.readString(target().resolve(PeftFolder.CONFIG)), JsonObject.class);
        assertThat(written.get("task_type").getAsString()).isEqualTo("SEQ_CLS");
        assertThat(written.get("modules_to_save").toString()).isEqualTo("[\"score\"]");
        JsonObject beside =
                new Gson().fromJson(Files.readString(target().resolve(PeftFolder.PROVENANCE)), JsonObject.class);
        assertThat(beside.getAsJsonObject("classifier")
                        .getAsJsonObject("id2label")
                        .get("3")
                        .getAsString())
                .isEqualTo("Ü \"q\"");
    }

    @Test
    void read_besideTheModelsOwnSettings_hasTheirLabels() throws IOException {
        PeftFolder.write(target(), stored);
        Files.writeString(
                target().resolve("config.json"), "{\"id2label\": {\"1\": \"no\", \"0\": \"yes\"}, \"other\": 1}");
        assertThat(PeftFolder.read(target()).classifier()).contains(ClassifierSettings.of(List.of("yes", "no")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'0': 'a', '2': 'b'} | none for 1",
                "{'0': 'a', '1': 7}   | got 7 for 1",
                "{'0': 'a', '1': 'a'} | labels must all differ",
                "['a', 'b']           | an object",
            })
    void read_labelsThatAreNone_areRefused(String labels, String reason) throws IOException {
        PeftFolder.write(target(), stored);
        Files.writeString(
                target().resolve(PeftFolder.PROVENANCE),
                ("{'classifier': {'id2label': " + labels + "}}").replace('\'', '"'));
        assertThatThrownBy(() -> PeftFolder.read(target()))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining(PeftFolder.PROVENANCE)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "modules_to_save | null                   | expected [score]",
                "modules_to_save | ['lm_head']            | expected [score]",
                "modules_to_save | ['score', 'lm_head']   | expected [score]",
                "task_type       | 'CAUSAL_LM'            | whole modules",
                "task_type       | 'QUESTION_ANS'         | CAUSAL_LM or SEQ_CLS",
                "peft_type       | 'IA3'                  | peft_type LORA only",
            })
    void read_settingsOfNoClassifier_areRefused(String field, String json, String reason) throws IOException {
        withSetting(field, json);
        assertThatThrownBy(() -> PeftFolder.read(target()))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining(field.equals("peft_type") ? "task_type" : field.equals("task_type") ? "" : field)
                .hasMessageContaining(reason);
    }

    /** PEFT writes both names a head may have, and no task where it was told none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"modules_to_save | ['score']", "modules_to_save | ['score', 'classifier']", "task_type | null"})
    void read_settingsOfAClassifier_areUnderstood(String field, String json) throws IOException {
        withSetting(field, json);
        assertThat(ScoreHead.isClassifier(PeftFolder.read(target()))).isTrue();
    }

    private void withSetting(String field, String json) throws IOException {
        Files.createDirectories(target());
        Path from = ClassifierGolden.folder("llama");
        JsonObject settings = new Gson().fromJson(Files.readString(from.resolve(PeftFolder.CONFIG)), JsonObject.class);
        settings.add(field, new Gson().fromJson(json.replace('\'', '"'), JsonElement.class));
        Files.writeString(target().resolve(PeftFolder.CONFIG), settings.toString());
        Files.copy(from.resolve(PeftFolder.TENSORS), target().resolve(PeftFolder.TENSORS));
    }

    @Test
    void effect_ofAClassifier_isRefusedAndSaysWhatToUse() {
        try (Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"))) {
            BaseModules modules = BaseModules.of(base);
            assertThatThrownBy(() -> stored.effect("mine", modules))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("adapter 'mine' is a classifier")
                    .hasMessageContaining("LoraHeadTuning");
            assertThat(ScoreHead.withoutHead(stored).effect("mine", modules).lowRank())
                    .hasSize(14);
        }
    }

    @Test
    void of_headThatIsMissingOrNone_isRefused() {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>(stored.tensors());
        WeightTensor head = Objects.requireNonNull(tensors.remove(ScoreHead.KEY));
        StoredAdapter without = new StoredAdapter(stored.config(), stored.base(), tensors);
        assertThatThrownBy(() -> ScoreHead.of("mine", without))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("no tensor score.weight");
        tensors.put(ScoreHead.KEY, new WeightTensor("x", head.encoding(), List.of(128L), head.data(), 0));
        assertThatThrownBy(() -> ScoreHead.of("mine", new StoredAdapter(stored.config(), stored.base(), tensors)))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("expected [labels, hidden]");
        assertThatThrownBy(() -> ScoreHead.of("mine", PeftFolder.read(AdapterGolden.folder("lora"))))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("expected SEQ_CLS");
    }
}
