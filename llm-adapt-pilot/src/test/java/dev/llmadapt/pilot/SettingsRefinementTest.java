package dev.llmadapt.pilot;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.strategy.Variants;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search for settings of what trains, on a model of a few thousand weights. */
class SettingsRefinementTest {
    @TempDir
    Path folder;

    private final LocalModel model = LocalModel.open(
            TrainedPilotTest.tinyLlama(), ModelOptions.defaults().withThreads(1));
    private final List<String> heard = new ArrayList<>();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void run_survivorThatTrains_isSearchedAndGoesOnWhereItWasStopped() throws IOException {
        Path whole = folder.resolve("whole");
        Map<String, CandidateState> states = race("prompt-tuning", whole, Integer.MAX_VALUE);
        assertThat(heard).anyMatch(stage -> stage.equals("search for better settings: prompt-tuning: trial 1"));
        assertThat(states).hasSize(2);
        String found = List.copyOf(states.keySet()).get(1);
        assertThat(found).matches("prompt-tuning\\(rate=[0-9.]+ tokens=[0-9]+ steps=[0-9]+\\)");
        CandidateState state = requireNonNull(states.get(found));
        assertThat(state.outcomes).hasSize(16);
        assertThat(state.trainExamples).as("it learns from all").isEqualTo(80);
        int steps = Integer.parseInt(found.replaceFirst(".*steps=", "").replace(")", ""));
        assertThat(heard.stream().filter(stage -> stage.equals("found by the search: " + found + ": train")))
                .hasSize(steps);
        try (Stream<Path> left = Files.list(whole)) {
            assertThat(left)
                    .as("trials leave nothing")
                    .noneMatch(path -> path.toString().contains("search"));
        }

        Path stopped = folder.resolve("stopped");
        assertThatThrownBy(() -> race("prompt-tuning", stopped, 3)).isInstanceOf(Stopped.class);
        Map<String, CandidateState> resumed = race("prompt-tuning", stopped, Integer.MAX_VALUE);
        assertThat(heard)
                .as("trials that were done")
                .noneMatch(stage -> stage.endsWith(": trial 1") || stage.endsWith(": trial 2"))
                .anyMatch(stage -> stage.endsWith(": trial 3"));
        assertThat(resumed.keySet()).isEqualTo(states.keySet());
        assertThat(texts(requireNonNull(resumed.get(found)))).isEqualTo(texts(state));
    }

    @Test
    void run_passesThatAreWritten_areNotSearched() {
        assertThat(race("lora(1)", folder, Integer.MAX_VALUE)).hasSize(1);
        assertThat(heard).isNotEmpty().noneMatch(stage -> stage.startsWith("search"));
    }

    /** A race, which dies in a trial of a search. */
    private Map<String, CandidateState> race(String strategy, Path work, int diesInTrial) {
        heard.clear();
        Progress progress = (stage, done, total) -> {
            heard.add(stage);
            if (stage.endsWith(": trial " + diesInTrial) && done > 5) {
                throw new Stopped();
            }
        };
        TaskSplit split = split();
        Candidate candidate = Candidate.of(StrategyCatalog.parse(strategy, 0).get(0));
        try {
            Files.createDirectories(work);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Journal journal = Journal.open(work.resolve("journal.jsonl"), "run");
                TrialContext context =
                        new TrialContext(model, split.task(), journal, work, progress, System::nanoTime, 0)) {
            return new Race(split, split.test(), Duration.ZERO, Variants.wordings())
                    .run(List.of(candidate), context, new LinkedHashMap<>());
        }
    }

    /** The process dies here. */
    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static List<String> texts(CandidateState state) {
        return state.outcomes.stream().map(Outcome::answer).toList();
    }

    /** Eighty texts to learn which is warm and which is cold, sixteen to be asked. */
    private static TaskSplit split() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 96; i++) {
            examples.add(new Example("e" + i, (i % 2 == 0 ? "red " : "blue ") + i, i % 2 == 0 ? "warm" : "cold"));
        }
        Task task =
                Task.classification("colours", "Say warm or cold.", List.of("warm", "cold"), examples.subList(0, 80));
        return new TaskSplit(task, examples.subList(80, 96), List.of());
    }
}
