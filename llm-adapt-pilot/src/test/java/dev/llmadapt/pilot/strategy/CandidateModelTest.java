package dev.llmadapt.pilot.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LazyModel;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CandidateModelTest {
    private final Model unopened = new LazyModel(() -> {
        throw new AssertionError("nobody may be asked");
    });

    @Test
    void candidates_onTwoModels_standOnceEachAndOnceWithoutAModel() {
        List<Strategy> strategies = StrategyCatalog.parse("words,zero-shot,distil(zero-shot>words),features", 0);
        assertThat(CandidateModel.candidates(strategies, List.of(model("a", "1"), model("b", "2"))))
                .extracting(Strategy::name)
                .containsExactly(
                        "words",
                        "zero-shot @ a",
                        "zero-shot @ b",
                        "distil(zero-shot>words) @ a",
                        "distil(zero-shot>words) @ b",
                        "features @ a",
                        "features @ b");
    }

    @Test
    void adapt_anotherModelGiven_takesItsOwn() {
        Task task = ToyTask.task();
        for (String strategy : List.of("zero-shot", "few-shot-nearest(2)/scored")) {
            Candidate candidate = candidate(strategy, CandidateModel.of("own", "", new ToyModel()));
            try (Model adapted = candidate.adapt(unopened, task, Progress.NONE)) {
                assertThat(adapted.generate(task.request("what is a dog")).text())
                        .isNotEmpty();
            }
            assertThat(candidate.ownModel()).isPresent();
            Strategy kept = candidate.withSeed(1).keeping(Path.of("kept"));
            assertThat(kept.name()).isEqualTo(candidate.name());
            kept.adapt(unopened, task, Progress.NONE).close();
        }
    }

    /** A model file may be replaced by another under its name. */
    @Test
    void identity_anotherContent_differs() {
        Candidate one = candidate("zero-shot", model("a", "1f"));
        assertThat(one.identity()).isEqualTo("zero-shot @ a#1f");
        assertThat(candidate("zero-shot", model("a", "2f")).identity()).isNotEqualTo(one.identity());
        assertThat(candidate("zero-shot", model("a", "2f")).name()).isEqualTo(one.name());
    }

    @Test
    void unfit_tooLarge_saysSoAndOpensNothing() {
        Candidate large = candidate("zero-shot", new CandidateModel("large", "", 1L << 50, unopened));
        assertThat(large.unfit(0))
                .hasValueSatisfying(reason -> assertThat(reason).contains("large takes about"));
        Candidate small = candidate("zero-shot", new CandidateModel("small", "", 1 << 20, unopened));
        assertThat(small.unfit(0)).isEmpty();
        assertThat(small.unfit(100 << 20)).hasValue("small takes about 201 MB of memory when open, allowed are 100");
        assertThat(candidate("zero-shot", model("remote", "")).unfit(1))
                .as("nothing is known of it")
                .isEmpty();
        assertThat(Candidate.of(StrategyCatalog.parse("words", 0).get(0)).unfit(1))
                .isEmpty();
    }

    @Test
    void candidates_badNames_areRefused() {
        assertThatThrownBy(() -> model("a b", "")).hasMessageContaining("got 'a b'");
        assertThatThrownBy(() -> CandidateModel.candidates(List.of(), List.of(model("a", ""), model("a", "2"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must differ, got [a, a]");
        assertThatThrownBy(() -> new CandidateModel("a", "", -1, unopened)).hasMessageContaining("weightBytes: -1");
    }

    private CandidateModel model(String name, String content) {
        return CandidateModel.of(name, content, unopened);
    }

    private static Candidate candidate(String strategy, CandidateModel model) {
        return Candidate.of(CandidateModel.candidates(StrategyCatalog.parse(strategy, 0), List.of(model))
                .get(0));
    }
}
