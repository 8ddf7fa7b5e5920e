package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Questions that are asked before the answer. */
class StepByStepTest {
    private static final Message RULES = Message.system("Answer briefly.");
    private static final Request QUESTION = Request.of(RULES, Message.user("How old is Ann in 2030?"))
            .withOptions(GenerationOptions.defaults().withTemperature(0.7).withMaxTokens(9))
            .withConstraint(OutputConstraint.regex("[0-9]+"));
    private static final String LEAST = "To answer this, I first answer simpler questions.\nQuestions:\n";

    /** A model that writes what a table says about the end of its prompt. */
    private static final class Scripted extends ModelLayer {
        private final List<Request> asked = new ArrayList<>();
        private final Map<String, String> written;
        private FinishReason reason = FinishReason.STOP;

        Scripted(Map<String, String> written) {
            super(new ToyModel());
            this.written = written;
        }

        @Override
        protected Exchange exchange(Request request) {
            return new Exchange() {
                @Override
                public Request asked() {
                    return request;
                }

                @Override
                public Optional<Generation> own(TokenListener listener) {
                    asked.add(request);
                    String end = request.last().content();
                    String text = written.entrySet().stream()
                            .filter(entry -> end.endsWith(entry.getKey()))
                            .map(Map.Entry::getValue)
                            .findFirst()
                            .orElse("");
                    List<Token> tokens = List.of(new Token(1, text, 0));
                    tokens.forEach(listener::onToken);
                    Timings timings = new Timings(Duration.ofMillis(1), Duration.ofMillis(2));
                    return Optional.of(new Generation(text, tokens, reason, new Usage(10, 1), timings, ""));
                }
            };
        }
    }

    private static Model adapted(Strategy strategy, Model base) {
        return strategy.adapt(base, ToyTask.task(), Progress.NONE);
    }

    @Test
    void leastToMost_questions_areAnsweredInOrderThenTheQuestion() {
        Scripted base = new Scripted(Map.of(
                "Questions:\n1.", " 1. When was Ann born?",
                "born?\n2.", " How far is 2030?",
                "2030?\n3.", "",
                "Answers:\n1. When was Ann born?", " In 1990.",
                "2. How far is 2030?", "4 years",
                "the answer is:\n", "40"));
        Generation answer = adapted(LeastToMost.defaults(), base).generate(QUESTION);

        String reasoning = LEAST
                + "1. When was Ann born?\n2. How far is 2030?\nAnswers:\n1. When was Ann born? In 1990.\n"
                + "2. How far is 2030? 4 years\n";
        assertThat(answer.text()).isEqualTo("40");
        assertThat(answer.reasoning()).isEqualTo(reasoning);
        assertThat(answer.usage()).isEqualTo(new Usage(60, 6));
        assertThat(answer.timings().total()).isEqualTo(Duration.ofMillis(12));
        assertThat(base.asked).hasSize(6);
        assertThat(base.asked.subList(0, 5)).allSatisfy(line -> {
            assertThat(line.messages().subList(0, 2)).isEqualTo(QUESTION.messages());
            assertThat(line.constraint()).isEqualTo(OutputConstraint.none());
            assertThat(line.options())
                    .isEqualTo(GenerationOptions.defaults().withMaxTokens(64).withStop("\n"));
        });
        assertThat(base.asked.get(5))
                .isEqualTo(QUESTION.plus(Message.assistant(reasoning + "Therefore, the answer is:\n")));
    }

    @Test
    void leastToMost_noMoreQuestionsThanAllowed_andNoneTwice() {
        Scripted many = new Scripted(Map.of("1.", "a?", "2.", "b?", "3.", "c?"));
        assertThat(adapted(LeastToMost.defaults().withSteps(2), many)
                        .generate(QUESTION)
                        .reasoning())
                .contains("2. b?")
                .doesNotContain("c?");
        Scripted same = new Scripted(Map.of("1.", "a?", "2.", "a?", "3.", "c?"));
        assertThat(adapted(LeastToMost.defaults(), same).generate(QUESTION).reasoning())
                .isEqualTo(LEAST + "1. a?\nAnswers:\n1. a? \n");
    }

    @Test
    void selfAsk_followUps_areAskedAloneUntilTheModelHasNoMore() {
        Scripted base = new Scripted(Map.of(
                "needed here: Yes.\nFollow up:", " When was Ann born?",
                "When was Ann born?", "In 1990.",
                "In 1990.\n", "Follow up:",
                "In 1990.\nFollow up:", " How far is 2030?",
                "How far is 2030?", "4 years",
                "4 years\n", "So the final answer is:",
                "final answer is:\n", "40"));
        Generation answer = adapted(SelfAsk.defaults(), base).generate(QUESTION);

        String reasoning = """
                Are follow up questions needed here: Yes.
                Follow up: When was Ann born?
                Intermediate answer: In 1990.
                Follow up: How far is 2030?
                Intermediate answer: 4 years
                """;
        assertThat(answer.text()).isEqualTo("40");
        assertThat(answer.reasoning()).isEqualTo(reasoning);
        assertThat(base.asked).hasSize(7);
        assertThat(base.asked.get(1).messages()).containsExactly(RULES, Message.user("When was Ann born?"));
        assertThat(base.asked.get(2).constraint())
                .isEqualTo(OutputConstraint.oneOf(List.of("Follow up:", "So the final answer is:")));
        assertThat(base.asked.get(6))
                .isEqualTo(QUESTION.plus(Message.assistant(reasoning + "So the final answer is:\n")));
    }

    @Test
    void answer_noQuestions_isThatWithoutTheStrategy() {
        for (Strategy strategy : List.of(LeastToMost.defaults(), SelfAsk.defaults())) {
            Scripted base = new Scripted(Map.of("2030?", "40"));
            Generation answer = adapted(strategy, base).generate(QUESTION);
            assertThat(answer.text()).as(strategy.name()).isEqualTo("40");
            assertThat(answer.reasoning()).isEmpty();
            assertThat(answer.usage()).as("one call more").isEqualTo(new Usage(20, 2));
            assertThat(base.asked).hasSize(2).last().isEqualTo(QUESTION);
        }
    }

    @Test
    void generate_batch_asksForAllTogether() {
        Request other = Request.of("And Bob?");
        for (Strategy strategy : List.of(LeastToMost.defaults(), SelfAsk.defaults())) {
            Scripted base = new Scripted(
                    Map.of("1.", "a?", "Follow up:", "a?", "a?", "b", "b\n", "So the final answer is:", "is:\n", "40"));
            List<Generation> answers = adapted(strategy, base).generate(List.of(QUESTION, other));
            assertThat(answers).extracting(Generation::text).as(strategy.name()).containsExactly("40", "40");
            assertThat(base.asked.get(0).messages().get(1))
                    .isEqualTo(QUESTION.messages().get(1));
            assertThat(base.asked.get(1).messages().get(0))
                    .isEqualTo(other.messages().get(0));
        }
    }

    @Test
    void generate_interrupted_isEmptyAndScoresAreRefused() {
        for (Strategy strategy : List.of(LeastToMost.defaults(), SelfAsk.defaults())) {
            Scripted base = new Scripted(Map.of("1.", "a?", "Follow up:", "a?"));
            base.reason = FinishReason.INTERRUPTED;
            Generation answer = adapted(strategy, base).generate(QUESTION);
            assertThat(answer.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
            assertThat(answer.text()).isEmpty();
            assertThat(base.asked).as("no further calls").hasSize(1);
            assertThatThrownBy(() -> adapted(strategy, base).prepare(QUESTION))
                    .isInstanceOf(LlmAdaptException.class)
                    .hasMessageContaining("interrupted while the model was thinking");
        }
    }

    @Test
    void of_numbersOutOfRange_areRefused() {
        assertThatThrownBy(() -> LeastToMost.defaults().withSteps(0)).hasMessageContaining("[1, 20], steps: 0");
        assertThatThrownBy(() -> SelfAsk.defaults().withSteps(21)).hasMessageContaining("[1, 20], steps: 21");
        assertThatThrownBy(() -> SelfAsk.defaults().withLineTokens(0)).hasMessageContaining("lineTokens: 0");
        assertThatThrownBy(() -> LeastToMost.defaults().withLineTokens(0)).hasMessageContaining("lineTokens: 0");
    }
}
