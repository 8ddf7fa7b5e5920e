package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.ModelInfo;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunIdentityTest {
    @Test
    void of_aRun_isTheTextThatJournalsHold() {
        assertThat(identity("zero-shot,rag(1)"))
                .isEqualTo("ab12 ModelInfo[name=SmolLM2-135M, architecture=llama, parameterCount=134515008,"
                        + " contextLength=8192, vocabularySize=49152, precision=q4_1] PilotOptions[limit=60, seed=0]"
                        + " PT11M zero-shot,rag(1)");
    }

    /** A journal of trainings that counted otherwise would mix their outcomes with new ones. */
    @Test
    void of_aRunThatTrains_saysHowTrainingsCount() {
        assertThat(identity("zero-shot,rag(1)+lora")).endsWith(" PT11M zero-shot,rag(1)+lora Training[minSteps=80]");
    }

    @Test
    void of_aRunThatNeedsNoModel_namesNone() {
        assertThat(RunIdentity.of(
                        "ab12",
                        Optional.empty(),
                        PilotOptions.defaults(),
                        Duration.ZERO,
                        StrategyCatalog.parse("words", 0)))
                .isEqualTo("ab12 ModelInfo[none] PilotOptions[limit=60, seed=0] PT0S words");
    }

    private static String identity(String strategies) {
        return RunIdentity.of(
                "ab12",
                Optional.of(new ModelInfo("SmolLM2-135M", "llama", 134_515_008, 8_192, 49_152, "q4_1")),
                PilotOptions.defaults(),
                Duration.ofMinutes(11),
                StrategyCatalog.parse(strategies, 0));
    }
}
