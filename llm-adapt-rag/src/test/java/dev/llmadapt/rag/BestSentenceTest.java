package dev.llmadapt.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BestSentenceTest extends StrategyContract {
    private static final Task TASK = Task.answering(
                    "house", "Answer.", ToyTask.task().examples())
            .withCorpus(List.of(
                    new Passage(
                            "p1",
                            "Fees",
                            "Fees are small. The fee for a new card is five euros. It is due in June.",
                            0),
                    new Passage("p2", "Dogs", "The dog barks. At night the dog sleeps.", 0)));

    @Override
    protected Strategy strategy() {
        return BestSentence.byWords();
    }

    @Override
    protected Task task() {
        return TASK;
    }

    @Override
    protected boolean preparesAll() {
        return false;
    }

    @Override
    protected boolean asksTheBase() {
        return false;
    }

    @Test
    void generate_question_isTheSentenceThatSharesItsWords() {
        try (Model base = new ToyModel();
                Model model = strategy().adapt(base, TASK, Progress.NONE)) {
            assertThat(model.generate(Request.of("What is the fee for a card?")).text())
                    .isEqualTo("The fee for a new card is five euros.");
            assertThat(model.generate(Request.of("xyzzy")).text()).isEmpty();
        }
    }

    @Test
    void adapt_labelsOrNoCorpus_isRefused() {
        try (Model base = new ToyModel()) {
            assertThatThrownBy(() -> strategy().adapt(base, ToyTask.task(), Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("take nearest-example");
            assertThatThrownBy(() -> strategy().adapt(base, TASK.withCorpus(List.of()), Progress.NONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("needs a corpus");
        }
    }
}
