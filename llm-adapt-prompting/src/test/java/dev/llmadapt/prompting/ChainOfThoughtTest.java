package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Token;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ChainOfThoughtTest extends StrategyContract {
    private static final ChainOfThought SHORT = ChainOfThought.defaults().withThoughtTokens(8);

    private final RecordingModel base = new RecordingModel();

    @Override
    protected Strategy strategy() {
        return ChainOfThought.defaults();
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void stream_request_thinksThenAnswersInTheSameTurn() {
        Request request = task().request("a dog")
                .withOptions(GenerationOptions.defaults().withTemperature(1).withSeed(3));
        List<Token> heard = new ArrayList<>();
        Generation answer = adapted(SHORT).stream(request, heard::add);

        assertThat(base.generated).hasSize(2);
        Request thinking = base.generated.get(0);
        assertThat(thinking.messages())
                .containsExactly(Message.user("a dog"), Message.assistant("Let's think step by step."));
        assertThat(thinking.options()).isEqualTo(GenerationOptions.defaults().withMaxTokens(8));
        assertThat(thinking.constraint()).isEqualTo(OutputConstraint.none());
        Request answering = base.generated.get(1);
        assertThat(answering)
                .isEqualTo(request.plus(Message.assistant("Let's think step by step."
                        + answer.reasoning().stripTrailing() + "\nTherefore, the answer is:\n")));

        assertThat(answer.reasoning()).hasSize(8);
        assertThat(answer.text()).isIn(task().labels());
        assertThat(heard).isEqualTo(answer.tokens());
    }

    @Test
    void generate_usageAndTimings_areThoseOfBothCalls() {
        Request request = task().request("a dog");
        Generation answer = adapted(SHORT).generate(request);
        Generation thoughts = base.generate(base.generated.get(0));
        Generation last = base.generate(base.generated.get(1));

        assertThat(answer.usage()).isEqualTo(thoughts.usage().plus(last.usage()));
        assertThat(answer.timings().total())
                .isGreaterThanOrEqualTo(answer.timings().toFirstToken());
    }

    @Test
    void generate_batch_makesTwoBatches() {
        List<Request> requests = List.of(task().request("a dog"), task().request("an oak"));
        List<Generation> answers = adapted(SHORT).generate(requests);

        assertThat(base.generated).hasSize(4);
        assertThat(base.generated.subList(0, 2))
                .allMatch(request -> request.constraint().equals(OutputConstraint.none()));
        assertThat(answers).extracting(Generation::reasoning).allMatch(reasoning -> !reasoning.isEmpty());
    }

    @Test
    void generate_beginningOfAnAnswer_isPutAfterTheThoughts() {
        adapted(SHORT).generate(Request.of(Message.user("a dog"), Message.assistant("It is ")));

        assertThat(base.generated.get(0).last().content()).isEqualTo("Let's think step by step.");
        assertThat(base.generated.get(1).messages()).hasSize(2);
        assertThat(base.generated.get(1).last().content()).endsWith("\nTherefore, the answer is:\nIt is ");
    }

    @Test
    void generate_labelsInTheWording_areTheChoicesOfTheRequest() {
        Model adapted = adapted(SHORT.withTrigger(new PromptTemplate("Let me choose among {labels}."))
                .withAnswer(new PromptTemplate("\nSo, among {labels}:\n")));
        adapted.generate(task().request("a dog"));

        assertThat(base.generated.get(0).last().content()).isEqualTo("Let me choose among animal, plant, tool.");
        assertThat(base.generated.get(1).last().content()).endsWith("\nSo, among animal, plant, tool:\n");
        assertThatThrownBy(() -> adapted.generate(Request.of("a dog")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{labels}");
    }

    @Test
    void score_request_thinksFirst() {
        Scores scores = adapted(SHORT).score(task().request("a dog"), task().labels());

        assertThat(base.generated).hasSize(1);
        assertThat(base.scored).hasSize(1);
        assertThat(base.scored.get(0).last().content()).endsWith("\nTherefore, the answer is:\n");
        assertThat(scores.usage().promptTokens()).isGreaterThan(10);
    }

    @Test
    void fewShotInside_examplesStandBeforeTheQuestionInBothCalls() {
        Strategy layers = FewShot.nearest(1).then(SHORT);
        try (Model adapted = layers.adapt(base, task(), Progress.NONE)) {
            adapted.generate(task().request("his dog"));
        }

        assertThat(base.generated)
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.messages().subList(0, 3))
                        .containsExactly(
                                Message.user("the dog barks at night"),
                                Message.assistant("animal"),
                                Message.user("his dog")));
    }

    @Test
    void interruptedWhileThinking_thereIsNoAnswer() {
        Model adapted = adapted(SHORT);
        Thread.currentThread().interrupt();
        Generation answer = adapted.generate(task().request("a dog"));

        assertThat(answer.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
        assertThat(answer.text()).isEmpty();
        assertThat(base.generated).as("calls made").hasSize(1);
        assertThatThrownBy(() -> adapted.score(task().request("a dog"), task().labels()))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void construct_noThoughts_isRefused() {
        assertThatThrownBy(() -> SHORT.withThoughtTokens(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private Model adapted(Strategy strategy) {
        return strategy.adapt(base, task(), Progress.NONE);
    }
}
