package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.ModelInfo;
import dev.llmadapt.pilot.results.PilotOptions;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunIdentityTest {
    @Test
    void of_aRun_isTheTextThatJournalsHold() {
        assertThat(RunIdentity.of(
                        "ab12",
                        new ModelInfo("SmolLM2-135M", "llama", 134_515_008, 8_192, 49_152, "q4_1"),
                        PilotOptions.defaults(),
                        Duration.ofMinutes(11),
                        StrategyCatalog.parse("zero-shot,rag(1)+lora", 0)))
                .isEqualTo("ab12 ModelInfo[name=SmolLM2-135M, architecture=llama, parameterCount=134515008,"
                        + " contextLength=8192, vocabularySize=49152, precision=q4_1] PilotOptions[limit=60, seed=0]"
                        + " PT11M zero-shot,rag(1)+lora");
    }
}
