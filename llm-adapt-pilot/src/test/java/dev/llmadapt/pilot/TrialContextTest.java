package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which adapted models stay open, and that none stays open for ever. */
class TrialContextTest {
    private final List<String> events = new ArrayList<>();
    private final Model model = new ToyModel();
    private final TrialContext context = new TrialContext(
            model, ToyTask.task(), Journal.inMemory(), Path.of(""), Progress.NONE, System::nanoTime, 0);

    @Test
    void bench_sameExamples_isTheModelThatWasOpen() {
        ask(new Stand("a", StrategyFamily.PROMPTING, false), 6);
        ask(new Stand("a", StrategyFamily.PROMPTING, false), 6);
        assertThat(events).containsExactly("open a 6");
        context.close();
        context.close();
        assertThat(events).containsExactly("open a 6", "close a 6");
    }

    @Test
    void bench_moreExamples_closesWhatLearnedFromFewer() {
        ask(new Stand("a", StrategyFamily.PROMPTING, false), 3);
        ask(new Stand("b", StrategyFamily.PROMPTING, false), 3);
        ask(new Stand("a", StrategyFamily.PROMPTING, false), 6);
        assertThat(events).containsExactly("open a 3", "open b 3", "close a 3", "open a 6");
    }

    @Test
    void release_itsTurnIsOver_closesThatOneOnly() {
        Stand a = new Stand("a", StrategyFamily.PROMPTING, false);
        ask(a, 6);
        ask(new Stand("b", StrategyFamily.PROMPTING, false), 6);
        context.release(a);
        context.release(a);
        assertThat(events).containsExactly("open a 6", "open b 6", "close a 6");
    }

    @Test
    void bench_trainedOrSomeoneElses_isClosedAtOnce() {
        ask(new Stand("trained", StrategyFamily.FINE_TUNING, true), 6);
        ask(new Stand("other", StrategyFamily.OTHER, false), 6);
        assertThat(events).containsExactly("open trained 6", "close trained 6", "open other 6", "close other 6");
    }

    @Test
    void close_oneThrows_closesTheOthersAndTells() {
        for (String name : List.of("bad 1", "good", "bad 2")) {
            ask(new Stand(name, StrategyFamily.PROMPTING, false), 6);
        }
        assertThatThrownBy(context::close)
                .hasMessage("bad 1")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("bad 2"));
        assertThat(events).endsWith("close bad 1 6", "close good 6", "close bad 2 6");
    }

    private void ask(Candidate candidate, int train) {
        try (Trial trial = context.trial(candidate, train, "place")) {
            trial.ready(Request.of("what is a dog"));
        }
    }

    private final class Stand implements Candidate {
        private final String name;
        private final StrategyFamily family;
        private final boolean trains;

        Stand(String name, StrategyFamily family, boolean trains) {
            this.name = name;
            this.family = family;
            this.trains = trains;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Traits traits() {
            return new Traits(
                    family,
                    true,
                    trains ? Training.LONG : Training.NONE,
                    false,
                    false,
                    Set.of(),
                    0,
                    ModelUse.ANSWERING);
        }

        @Override
        public Strategy keeping(Path folder) {
            return this;
        }

        @Override
        public Candidate withSeed(long seed) {
            return this;
        }

        @Override
        public Model adapt(Model base, Task task, Progress progress) {
            String what = name + " " + task.examples().size();
            events.add("open " + what);
            return new ModelLayer(base) {
                @Override
                protected Request apply(Request request) {
                    return request;
                }

                @Override
                protected void release() {
                    events.add("close " + what);
                    if (name.startsWith("bad")) {
                        throw new IllegalStateException(name);
                    }
                }
            };
        }
    }
}
