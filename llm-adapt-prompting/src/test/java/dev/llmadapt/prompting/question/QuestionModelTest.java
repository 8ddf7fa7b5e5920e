package dev.llmadapt.prompting.question;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.ToyModel;
import dev.llmadapt.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuestionModelTest {
    private static final Question URGENT = new Question.YesNo("Is this urgent?", "it cannot wait", "");
    private static final Question TEAM = Question.Choice.of("Which team?", List.of("cards", "loans", "fraud"));
    private static final Question ANGER = new Question.Scale("How angry?", List.of("calm", "annoyed", "furious"));

    /** Scores an answer by 2 if the text has it, less 1 for the first answer always; records what it is asked. */
    private static final class Fake extends ModelLayer {
        private final List<String> asked = new ArrayList<>();

        Fake() {
            super(new ToyModel());
        }

        @Override
        protected Exchange exchange(Request request) {
            return new Exchange() {
                @Override
                public Request asked() {
                    return request;
                }

                @Override
                public Scores scored(Model inside, List<String> continuations) {
                    String prompt = request.last().content();
                    asked.add(prompt);
                    String text = prompt.substring(0, prompt.indexOf("\n\nQuestion: "));
                    List<Scores.Entry> entries = new ArrayList<>();
                    for (String each : continuations) {
                        double score = (text.contains(each) ? 2 : 0) + (entries.isEmpty() ? 3 : 0);
                        entries.add(new Scores.Entry(each, List.of(new Token(1, each, score - 10))));
                    }
                    return new Scores(entries, new Usage(7, 1));
                }
            };
        }
    }

    @Test
    void ask_takesOffWhatTheModelFavours() {
        QuestionAnswer answer =
                QuestionModel.of(new Fake()).answer("stolen: fraud", TEAM).get(0);
        double two = Math.exp(2);

        assertThat(answer.best()).isEqualTo("fraud");
        assertThat(answer.probability(2)).isCloseTo(two / (two + 2), within(1e-9));
        assertThat(answer.confidence()).isCloseTo((two / (two + 2) - 1 / 3.0) / (2 / 3.0), within(1e-9));

        QuestionAnswer raw = QuestionModel.of(new Fake())
                .withContentFree(false)
                .answer("stolen: fraud", TEAM)
                .get(0);
        assertThat(raw.best()).isEqualTo("cards");
    }

    @Test
    void ask_severalQuestions_readsTheTextLastAndFirstInEachPrompt() {
        Fake model = new Fake();
        QuestionModel questions = QuestionModel.of(model);
        QuestionModel.Answers answers = questions.ask("2 times", List.of(URGENT, TEAM, ANGER));

        assertThat(answers.answers()).extracting(QuestionAnswer::question).containsExactly(URGENT, TEAM, ANGER);
        assertThat(answers.usage()).isEqualTo(new Usage(42, 6));
        assertThat(model.asked.subList(0, 3)).allMatch(prompt -> prompt.startsWith("N/A\n\nQuestion: "));
        assertThat(model.asked.subList(3, 6)).allMatch(prompt -> prompt.startsWith("2 times\n\nQuestion: "));
        assertThat(model.asked.get(3))
                .isEqualTo(
                        "2 times\n\nQuestion: Is this urgent?\nAnswer with one of these:\n- yes: it cannot wait\n- no");
        questions.ask("other", List.of(URGENT, ANGER));
        assertThat(model.asked).hasSize(8); // what it favours is known
    }

    @Test
    void ask_scale_isTheMeanLevel() {
        QuestionAnswer answer = QuestionModel.of(new Fake()).answer("2", ANGER).get(0);
        double two = Math.exp(2);
        assertThat(answer.level()).isCloseTo((1 + 2 * two) / (two + 2), within(1e-9));
        assertThat(QuestionModel.of(new Fake())
                        .withTemperature(1e6)
                        .answer("2", ANGER)
                        .get(0)
                        .level())
                .isCloseTo(1, within(1e-5));
        assertThatThrownBy(answer::yes)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("yes or no");
    }

    @Test
    void ask_frame_isKept() {
        try (Model toy = new ToyModel()) {
            QuestionModel framed =
                    QuestionModel.of(toy).withFrame(Request.of("").withAdapter("none"));
            assertThatThrownBy(() -> framed.answer("a", URGENT)).hasMessageContaining("none");
            QuestionAnswer answer =
                    QuestionModel.of(toy).answer("is it yes?", URGENT).get(0);
            assertThat(answer.yes()).isBetween(0.0, 1.0);
        }
    }

    @Test
    void questions_thatCannotBeAnswered_areRefused() {
        assertThatThrownBy(() -> new Question.YesNo(" ")).hasMessageContaining("blank");
        assertThatThrownBy(() -> Question.Choice.of("which?", List.of("a")))
                .hasMessageContaining("2 to 255 options, got 1");
        assertThatThrownBy(() -> Question.Choice.of("which?", List.of("a", "a")))
                .hasMessageContaining("'a' twice");
        assertThatThrownBy(() -> new Question.Choice("which?", Map.of("a", "", " ", "")))
                .hasMessageContaining("blank");
        assertThatThrownBy(() -> new Question.Scale("how?", List.of("a"))).hasMessageContaining("2 to 10 levels");
        assertThatThrownBy(() -> QuestionModel.of(new Fake()).withTemperature(0))
                .hasMessageContaining("positive");
    }
}
