package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SelfConsistencyTest {
    private static final Task TASK = ToyTask.task();

    @Test
    void generate_votes_theMostFrequentAnswerWins() {
        AtomicInteger calls = new AtomicInteger();
        // thoughts and answers alternate; the answers are plant, animal, animal
        Model odd = new ModelLayer(new ToyModel()) {
            @Override
            protected Exchange exchange(Request request) {
                return new Exchange() {
                    @Override
                    public Request asked() {
                        return request;
                    }

                    @Override
                    public Generation answered(Generation real) {
                        String text = calls.getAndIncrement() < 2 ? "plant" : "animal";
                        return new Generation(
                                text,
                                real.tokens(),
                                real.finishReason(),
                                real.usage(),
                                real.timings(),
                                real.reasoning());
                    }
                };
            }
        };
        try (odd;
                Model adapted = SelfConsistency.of(3, 1).adapt(odd, TASK, Progress.NONE)) {
            Generation answer = adapted.generate(TASK.request("which dog is yours"));
            assertThat(answer.text()).isEqualTo("animal");
            assertThat(calls).hasValue(6);
        }
    }

    @Test
    void generate_sameSeed_isTheSameAnswerUnderTheConstraint() {
        try (Model toy = new ToyModel();
                Model adapted = SelfConsistency.of(3, 7).adapt(toy, TASK, Progress.NONE)) {
            Request request = TASK.request("an oak");
            Generation answer = adapted.generate(request);
            assertThat(TASK.labels()).contains(answer.text());
            assertThat(adapted.generate(List.of(request)).get(0).text()).isEqualTo(answer.text());
            assertThat(answer.usage().promptTokens()).isGreaterThan(300);
        }
    }

    @Test
    void generate_batch_asksForAllAtOnceAndAnswersAsAlone() {
        RecordingModel base = new RecordingModel();
        try (Model toy = new ToyModel();
                Model adapted = SelfConsistency.of(3, 7).adapt(toy, TASK, Progress.NONE);
                Model counted = SelfConsistency.of(3, 7).adapt(base, TASK, Progress.NONE)) {
            List<Request> requests = List.of(TASK.request("an oak"), TASK.request("which dog is yours"));

            assertThat(adapted.generate(requests))
                    .extracting(Generation::text)
                    .containsExactly(
                            adapted.generate(requests.get(0)).text(),
                            adapted.generate(requests.get(1)).text());
            counted.generate(requests);
            assertThat(base.batches)
                    .filteredOn(size -> size > 0) // layers pass an empty batch on where they answer themselves
                    .as("thoughts and answers, three times")
                    .hasSize(6)
                    .allMatch(size -> size == 2);
        }
    }

    @Test
    void generate_interrupted_isNoVoteOfFewer() {
        Thread.currentThread().interrupt();
        try (Model toy = new ToyModel();
                Model adapted = SelfConsistency.of(3, 7).adapt(toy, TASK, Progress.NONE)) {
            assertThat(adapted.generate(List.of(TASK.request("an oak"), TASK.request("a dog"))))
                    .extracting(Generation::finishReason)
                    .containsOnly(FinishReason.INTERRUPTED);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void score_isRefusedWithWhatToDo() {
        try (Model toy = new ToyModel();
                Model adapted = SelfConsistency.of(2, 7).adapt(toy, TASK, Progress.NONE)) {
            assertThatThrownBy(() -> adapted.score(TASK.request("an oak"), List.of("plant")))
                    .hasMessageContaining("LabelChoice.constrained()");
        }
        assertThatThrownBy(() -> SelfConsistency.of(1, 0)).hasMessageContaining("samples: 1");
    }
}
