package dev.llmadapt.pilot.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModelPoolTest extends ModelContract {
    private static final Request QUESTION = Request.of("what is a dog");

    private final List<String> events = new ArrayList<>();

    @Override
    protected Model open() {
        return new ModelPool(Long.MAX_VALUE).add(1, ToyModel::new);
    }

    @Test
    void ask_allFit_eachIsOpenedOnce() {
        try (ModelPool pool = new ModelPool(2 * ModelFit.here(1).openBytes())) {
            Model a = pool.add(1, () -> logged("a"));
            Model b = pool.add(1, () -> logged("b"));
            assertThat(events).as("nobody asked").isEmpty();
            for (Model each : List.of(a, b, a, b)) {
                each.generate(QUESTION);
            }
        }
        assertThat(events).containsExactly("open a", "open b", "close a", "close b");
    }

    @Test
    void ask_notAllFit_thatUsedLongestAgoIsClosedAndOpenedAgain() {
        try (ModelPool pool = new ModelPool(2 * ModelFit.here(1).openBytes())) {
            Model a = pool.add(1, () -> logged("a"));
            Model b = pool.add(1, () -> logged("b"));
            Model c = pool.add(1, () -> logged("c"));
            for (Model each : List.of(a, b, a, c, a, b)) {
                each.generate(QUESTION);
            }
            assertThat(events).containsExactly("open a", "open b", "close b", "open c", "close c", "open b");
        }
        assertThat(events).hasSize(8);
    }

    @Test
    void ask_noneFits_oneIsOpenAtATime() {
        try (ModelPool pool = new ModelPool(0)) {
            Model a = pool.add(1, () -> logged("a"));
            Model b = pool.add(1, () -> logged("b"));
            a.generate(QUESTION);
            b.generate(QUESTION);
        }
        assertThat(events).containsExactly("open a", "close a", "open b", "close b");
    }

    /** What a candidate that trains holds of its model would be closed under it. */
    @Test
    void ask_anotherIsHeld_staysOpen() {
        Task task = ToyTask.task();
        try (ModelPool pool = new ModelPool(0)) {
            CandidateModel a = CandidateModel.of("a", "", pool.add(1, () -> logged("a")));
            Model b = pool.add(1, () -> logged("b"));
            Candidate holds = Candidate.of(
                    CandidateModel.candidates(List.of(Own.INSTANCE), List.of(a)).get(0));
            try (Model adapted = holds.adapt(b, task, Progress.NONE)) {
                adapted.generate(task.request("what is a dog"));
                b.generate(QUESTION);
                assertThat(events).containsExactly("open a", "open b");
            }
            pool.add(1, () -> logged("c")).generate(QUESTION);
            assertThat(events).as("nothing holds it any more").endsWith("close a", "close b", "open c");
        }
    }

    /** The memory of a process is that of all models which are open in it. */
    @Test
    void freeOthers_ofACandidate_closesTheOtherModels() {
        try (ModelPool pool = new ModelPool(Long.MAX_VALUE)) {
            CandidateModel a = CandidateModel.of("a", "", pool.add(1, () -> logged("a")));
            pool.add(1, () -> logged("b")).generate(QUESTION);
            a.model().generate(QUESTION);
            Candidate.of(CandidateModel.candidates(List.of(Own.INSTANCE), List.of(a))
                            .get(0))
                    .freeOthers();
            assertThat(events).containsExactly("open b", "open a", "close b");
        }
    }

    @Test
    void close_open_closesAllWhateverFails() {
        ModelPool pool = new ModelPool(Long.MAX_VALUE);
        pool.add(1, () -> new ModelLayer(new ToyModel()) {
                    @Override
                    protected void release() {
                        throw new IllegalStateException("stuck");
                    }
                })
                .generate(QUESTION);
        pool.add(1, () -> logged("b")).generate(QUESTION);
        assertThatThrownBy(pool::close).hasMessage("stuck");
        assertThat(events).containsExactly("open b", "close b");
        pool.close();
    }

    private Model logged(String name) {
        events.add("open " + name);
        return new ModelLayer(new ToyModel()) {
            @Override
            protected void release() {
                events.add("close " + name);
            }
        };
    }

    /** A strategy of someone else's, of which nobody knows what it holds. */
    private enum Own implements Strategy {
        INSTANCE;

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            return new ModelLayer(model) {};
        }
    }
}
