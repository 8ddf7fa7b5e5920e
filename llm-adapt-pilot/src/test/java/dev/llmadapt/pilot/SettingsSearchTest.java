package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Model;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.TuningSearch;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.CandidateModel;
import dev.llmadapt.pilot.strategy.SettingsSearch;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsSearchTest {
    @Test
    void run_behindOtherLayersOnAModelOfItsOwn_trainsThereAndTellsTheTime() {
        List<String> heard = new ArrayList<>();
        try (LocalModel model = LocalModel.open(
                        TrainedPilotTest.tinyLlama(), ModelOptions.defaults().withThreads(1));
                Model other = new ToyModel()) {
            Candidate candidate = Candidate.of(CandidateModel.candidates(
                            StrategyCatalog.parse("rag(1)+prompt-tuning", 0),
                            List.of(CandidateModel.of("tiny", "", model)))
                    .get(0));
            Task task = TrainedPilotTest.split().task();
            TuningSearch alone = TuningSearch.defaults().withTrials(1);
            SettingsSearch.Found first = SettingsSearch.run(
                    candidate,
                    alone.withBudget(Duration.ofNanos(1)),
                    other,
                    task,
                    (stage, done, total) -> heard.add(stage));
            assertThat(first.settings())
                    .as("a third of its own steps, compared with nothing, is no finding")
                    .isEmpty();
            assertThat(first.nanos()).isPositive();
            assertThat(heard).contains("trial 1").doesNotContain("trial 2");

            SettingsSearch.Found more = SettingsSearch.run(candidate, alone, other, task, (stage, done, total) -> {});
            assertThat(more.settings())
                    .as("its own settings for three times as many steps are one")
                    .hasValueSatisfying(settings -> assertThat(settings).endsWith("steps=240"));
            assertThat(SettingsSearch.with(candidate, "rate=0.01 tokens=4 steps=9"))
                    .map(Candidate::name)
                    .contains("rag(1)+prompt-tuning(rate=0.01 tokens=4 steps=9) @ tiny");
        }
    }
}
