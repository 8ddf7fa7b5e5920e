package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.TuningSearch.Trial;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningSearchTest {
    private static final LoraTuning TUNING = LoraTuning.defaults()
            .withRank(2)
            .withOptions(TrainingOptions.defaults()
                    .withMaxSteps(6)
                    .withBatchSize(4)
                    .withLearningRate(0.01)
                    .withThreads(1));

    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private final TuningSearch search =
            TuningSearch.defaults().withBudget(Duration.ZERO).withNanoTime(() -> clock.addAndGet(1_000_000_000));
    private final List<Tuning> asked = new ArrayList<>();

    private static Task task() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            examples.add(new Example("e" + i, i % 2 == 0 ? "red " + i : "blue " + i, i % 2 == 0 ? "warm" : "cold"));
        }
        return Task.classification("colours", "Say warm or cold.", List.of("warm", "cold"), examples);
    }

    /** Trials whose loss is the distance from the best rate, in powers of two, and falls with the steps. */
    private TuningSearch.Trials madeUp(double bestRate, double secondsPerStep) {
        return new TuningSearch.Trials() {
            @Override
            public int steps() {
                return 30;
            }

            @Override
            public Trial run(Tuning settings, int steps) {
                asked.add(settings);
                double rate = settings.options().optimization().learningRate();
                double loss = Math.abs(Math.log(rate / bestRate)) + 1.0 / steps;
                return new Trial(
                        rate,
                        TuningNames.size(settings),
                        steps,
                        rate > 0.03 ? Double.POSITIVE_INFINITY : loss,
                        OptionalDouble.empty(),
                        steps * secondsPerStep);
            }
        };
    }

    @Test
    void run_noLimit_findsTheBestRateAndTheMostSteps() {
        TuningSearch.Result result = search.withTrials(15).run(TUNING, madeUp(0.02, 1));
        assertThat(result.bestTrial().learningRate()).isEqualTo(0.02);
        assertThat(result.best().options().optimization().learningRate()).isEqualTo(0.02);
        assertThat(result.best().options().learning().maxSteps()).isEqualTo(90);
        assertThat(asked.get(0)).isEqualTo(TUNING);
        assertThat(result.trials()).extracting(Trial::steps).contains(10, 30, 90);
        assertThat(result.table().lines()).hasSize(result.trials().size() + 1);
        assertThat(result.table()).contains("diverged", "held-out");
    }

    @Test
    void run_oneSeed_isOneSearchAndAnotherIsAnother() {
        List<Trial> first = search.run(TUNING, madeUp(0.02, 1)).trials();
        assertThat(search.run(TUNING, madeUp(0.02, 1)).trials()).isEqualTo(first);
        Tuning other = TUNING.withOptions(TUNING.options().withSeed(1));
        assertThat(search.run(other, madeUp(0.02, 1)).trials()).isNotEqualTo(first);
    }

    @Test
    void run_littleTime_doesNotBeginWhatWouldExceedIt() {
        TuningSearch.Result result = search.withBudget(Duration.ofSeconds(25)).run(TUNING, madeUp(0.02, 1));
        assertThat(result.trials()).hasSize(2);
        assertThat(search.withBudget(Duration.ofSeconds(1))
                        .run(TUNING, madeUp(0.02, 1))
                        .trials())
                .hasSize(1);
    }

    @Test
    void run_everythingDiverges_isRefusedWithARate() {
        assertThatThrownBy(() -> search.run(TUNING.withOptions(TUNING.options().withLearningRate(1)), madeUp(0.02, 1)))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("every trial of the search diverged, at rates from 0.25");
    }

    @Test
    void withSize_eachTuning_scalesItsRankOrVirtualTokens() {
        LoraTuning lora = (LoraTuning) TuningNames.withSize(LoraTuning.defaults(), 0.5);
        assertThat(lora.config().rank()).isEqualTo(8);
        assertThat(lora.config().alpha()).isEqualTo(16);
        assertThat(TuningNames.size(TuningNames.withSize(LoraHeadTuning.defaults(), 2)))
                .isEqualTo(32);
        assertThat(TuningNames.size(TuningNames.withSize(PromptTuning.defaults(), 2)))
                .isEqualTo(40);
        assertThat(TuningNames.size(TuningNames.withSize(PrefixTuning.defaults(), 0.01)))
                .isEqualTo(1);
        assertThat(TuningNames.withSize(Ia3Tuning.defaults(), 2)).isEqualTo(Ia3Tuning.defaults());
    }

    @Test
    void search_impossibleSettings_areRefused() {
        assertThatThrownBy(() -> search.withRates(List.of()))
                .hasMessage("rates must be positive factors, at least one, rates: []");
        assertThatThrownBy(() -> search.withSizes(List.of(-1.0))).hasMessageContaining("sizes must be positive");
        assertThatThrownBy(() -> search.withTrials(0)).hasMessage("trials must be at least 1, trials: 0");
        assertThatThrownBy(() -> search.withBudget(Duration.ofSeconds(-1))).hasMessageContaining("budget must be 0");
        assertThatThrownBy(() -> search.withValidationShare(0)).hasMessageContaining("validationShare must be above 0");
    }

    /** Stopped in the middle of a trial, and by a kill in the middle of a note: the same trials as without. */
    @Test
    void run_stopped_goesOnToTheSameTrials() throws IOException {
        TuningSearch small = search.withTrials(3).withRates(List.of(0.5, 2.0)).withSizes(List.of(1.0));
        try (LocalModel model = LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1))) {
            TrainingSet set = TrainingSet.of(task());
            List<Trial> whole = small.run(TUNING, model, set, Progress.NONE).trials();
            TuningSearch kept = small.withFolder(folder);
            int[] steps = new int[1];
            Tuning stopping = TUNING.withListener(event -> {
                if (++steps[0] == 7) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThatThrownBy(() -> kept.run(stopping, model, set, Progress.NONE))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            Path notes = folder.resolve("trials.jsonl");
            Files.writeString(notes, Files.readString(notes) + "{\"search\": \"cut");
            List<Trial> resumed = kept.run(TUNING, model, set, Progress.NONE).trials();
            assertThat(resumed)
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds")
                    .isEqualTo(whole);
            assertThat(kept.run(TUNING, model, set, Progress.NONE).trials()).isEqualTo(resumed);
            assertThatThrownBy(() -> kept.withTrials(4).run(TUNING, model, set, Progress.NONE))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("of other settings or data");
            Files.writeString(notes, "{\"search\": 1}\n");
            assertThatThrownBy(() -> kept.run(TUNING, model, set, Progress.NONE))
                    .isInstanceOf(TrainingException.class);
        }
    }

    @Test
    void withSearch_asAStrategy_answersLikeAModelThatWasTrained() {
        TuningSearch small = search.withTrials(1);
        try (LocalModel model = LocalModel.open(
                        Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
                Model adapted = TUNING.withSearch(small).adapt(model, task(), Progress.NONE)) {
            assertThat(adapted.generate(task().request("red 1")).text()).isIn("warm", "cold");
            assertThat(TUNING.withSearch(small).name()).isEqualTo("lora-search");
        }
    }
}
