package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModuleMatcherTest {
    static List<JsonElement> settings() {
        return Targets.recorded().getAsJsonArray("settings").asList();
    }

    private static AdapterConfig.Lora lora(JsonObject config) {
        config.addProperty("peft_type", "LORA");
        return (AdapterConfig.Lora) ConfigReader.read(SettingsFile.parse(Path.of("test.json"), config.toString()));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void chooses_recordedSettings_asPeft(JsonElement row) {
        JsonObject recorded = row.getAsJsonObject();
        AdapterConfig.Lora lora = lora(recorded.getAsJsonObject("config"));
        ModuleMatcher matcher = new ModuleMatcher();
        List<String> chosen = Targets.recorded().getAsJsonArray("paths").asList().stream()
                .map(JsonElement::getAsString)
                .filter(path -> matcher.chooses(lora.targets(), path, true))
                .toList();
        assertThat(chosen)
                .isEqualTo(recorded.getAsJsonArray("chosen").asList().stream()
                        .map(JsonElement::getAsString)
                        .toList());
        assertThat(chosen.stream()
                        .map(path -> matcher.first(lora.rankPattern(), path).orElse(8))
                        .toList())
                .isEqualTo(recorded.getAsJsonArray("ranks").asList().stream()
                        .map(JsonElement::getAsInt)
                        .toList());
    }

    @Test
    void chooses_allLinear_everythingButTheHead() {
        AdapterConfig.Targets all = AdapterConfig.Targets.matching("all-linear");
        assertThat(new ModuleMatcher().chooses(all, "model.layers.0.mlp.up_proj", true))
                .isTrue();
        assertThat(new ModuleMatcher().chooses(all, "lm_head", false)).isFalse();
    }

    @Test
    void isFeedforward_name_mayEndAnywhere() {
        AdapterConfig.Targets names = AdapterConfig.Targets.named(List.of("n_proj"));
        assertThat(new ModuleMatcher().isFeedforward(names, "model.layers.0.mlp.down_proj"))
                .isTrue();
        assertThat(new ModuleMatcher().isFeedforward(names, "model.layers.0.mlp.up_proj"))
                .isFalse();
    }
}
