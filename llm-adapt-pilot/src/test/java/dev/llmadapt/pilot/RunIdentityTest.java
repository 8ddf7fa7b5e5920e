package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Strategy;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIdentityTest {
    @Test
    void of_aRun_isTheTextThatJournalsHold() {
        assertThat(identity("zero-shot,rag(1)"))
                .isEqualTo("ab12 ModelInfo[name=SmolLM2-135M, architecture=llama, parameterCount=134515008,"
                        + " contextLength=8192, vocabularySize=49152, precision=q4_1] PilotOptions[limit=2147483647, seed=0]"
                        + " PT11M zero-shot,rag(1) Race[1]");
    }

    /** A journal of trainings that counted otherwise would mix their outcomes with new ones. */
    @Test
    void of_aRunThatTrains_saysHowTrainingsCount() {
        assertThat(identity("zero-shot,rag(1)+lora"))
                .endsWith(" PT11M zero-shot,rag(1)+lora Training[minSteps=80] Race[1]");
    }

    @Test
    void of_aRunThatNeedsNoModel_namesNone() {
        assertThat(RunIdentity.of(
                        "ab12",
                        Optional.empty(),
                        PilotOptions.defaults(),
                        Duration.ZERO,
                        StrategyCatalog.parse("words", 0),
                        false))
                .isEqualTo("ab12 ModelInfo[none] PilotOptions[limit=2147483647, seed=0] PT0S words Race[1]");
    }

    @Test
    void of_aRunThatMaySearch_saysSo() {
        assertThat(RunIdentity.of(
                        "ab12",
                        Optional.empty(),
                        PilotOptions.defaults(),
                        Duration.ZERO,
                        StrategyCatalog.parse("zero-shot", 0),
                        true))
                .endsWith(" PT0S zero-shot Race[1] Search[1]");
    }

    /** The adapters of a folder may be trained anew between two runs. */
    @Test
    void of_aRunWithAdapters_tellsThemByTheirContent() {
        List<Strategy> strategies = StrategyCatalog.parse("zero-shot", 0);
        List<AdapterUse> uses = List.of(new AdapterUse("1:a", 1));
        assertThat(RunIdentity.of(
                        "ab12",
                        Optional.empty(),
                        PilotOptions.defaults(),
                        Duration.ZERO,
                        StrategyCatalog.besideAdapters(strategies, "a", "77ff", uses),
                        false))
                .endsWith(" PT0S zero-shot,zero-shot [a]#77ff Race[1]");
        assertThat(RunIdentity.of(
                        "ab12",
                        Optional.empty(),
                        PilotOptions.defaults(),
                        Duration.ZERO,
                        StrategyCatalog.besideClassifier(strategies, Path.of("some", "head"), "77ff"),
                        false))
                .endsWith(" PT0S zero-shot,lora-head [head]#77ff Race[1]");
    }

    /** Another embedder may be put into the same folder. */
    @Test
    void of_aStrategyThatNamesAFolder_tellsItByItsContent(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("model.onnx"), "one");
        String strategies = "words,distil(embeddings(" + folder + ")>words)";
        String first = identity(strategies);
        assertThat(identity(strategies)).isEqualTo(first);
        Files.writeString(folder.resolve("model.onnx"), "two");
        assertThat(identity(strategies)).isNotEqualTo(first);
    }

    private static String identity(String strategies) {
        return RunIdentity.of(
                "ab12",
                Optional.of(new ModelInfo("SmolLM2-135M", "llama", 134_515_008, 8_192, 49_152, "q4_1")),
                PilotOptions.defaults(),
                Duration.ofMinutes(11),
                StrategyCatalog.parse(strategies, 0),
                false);
    }
}
