package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ToyModelTest extends ModelContract {
    @Override
    protected Model open() {
        return new ToyModel();
    }

    @Test
    void score_allTokens_areADistribution() {
        try (Model model = open()) {
            List<String> everyCharacter = IntStream.range(0, ToyModel.END)
                    .mapToObj(Character::toString)
                    .toList();
            double sum = model.score(Request.of("What is it?"), everyCharacter).entries().stream()
                    .mapToDouble(entry -> Math.exp(entry.logProbability()))
                    .sum();

            assertThat(sum).isBetween(0.99, 1.0);
        }
    }

    @Test
    void generate_examplesInTheConversation_helps() {
        assertThat(accuracy(List.of())).as("zero-shot").isLessThan(0.5);
        assertThat(accuracy(ToyTask.task().examples())).as("few-shot").isEqualTo(1);
    }

    @Test
    void score_examplesInTheConversation_favourTheRightLabel() {
        try (Model model = open()) {
            for (Example example : ToyTask.test()) {
                Scores scores = model.score(
                        shown(example, ToyTask.task().examples()),
                        ToyTask.task().labels());

                assertThat(scores.entries().stream()
                                .max(Comparator.comparingDouble(Scores.Entry::logProbability))
                                .orElseThrow()
                                .continuation())
                        .isEqualTo(example.output());
            }
        }
    }

    @Test
    void generate_answerEndsByItself_reportsTheEndAsToken() {
        try (Model model = open()) {
            Request request =
                    Request.of(Message.user("a dog"), Message.assistant("animal"), Message.user("another dog"));
            Generation answer = model.generate(request);

            assertThat(answer.text()).isEqualTo("animal");
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(answer.tokens()).hasSize(7).last().isEqualTo(new Token(ToyModel.END, "", Double.NaN));
        }
    }

    private static double accuracy(List<Example> shots) {
        try (Model model = new ToyModel()) {
            return ToyTask.test().stream()
                    .mapToDouble(example -> Metric.exactMatch()
                            .score(
                                    example.output(),
                                    model.generate(shown(example, shots)).text()))
                    .average()
                    .orElseThrow();
        }
    }

    private static Request shown(Example example, List<Example> shots) {
        List<Message> messages = new ArrayList<>();
        for (Example shot : shots) {
            messages.add(Message.user(shot.input()));
            messages.add(Message.assistant(shot.output()));
        }
        Request request = ToyTask.task().request(example.input());
        messages.addAll(request.messages());
        return request.withMessages(messages);
    }
}
