package dev.llmadapt.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Task;
import dev.llmadapt.ToyTask;
import dev.llmadapt.Usage;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HeadModelTest {
    private static final List<String> LABELS = List.of("animal", "plant", "tool");

    /** A head on three answers, one of which begins another. */
    private static Task opinions() {
        return Task.classification(
                "opinions",
                "Is it so?",
                List.of("yes", "no", "not sure"),
                List.of(
                        new Example("1", "I like cats, they are fine", "yes"),
                        new Example("2", "Paris is the capital, certainly", "yes"),
                        new Example("3", "red is no colour that I like", "no"),
                        new Example("4", "nobody eats that in winter", "no"),
                        new Example("5", "what could it be, who knows", "not sure"),
                        new Example("6", "perhaps more, perhaps less, please", "not sure")));
    }

    @Nested
    final class OnWords extends ModelContract {
        @Override
        protected Model open() {
            return LinearHead.words().train(opinions(), Progress.NONE);
        }

        @Override
        protected boolean writes() {
            return false;
        }
    }

    @Nested
    final class OnEmbeddings extends ModelContract {
        @Override
        protected Model open() {
            return LinearHead.embeddings(new LetterEmbedder()).train(opinions(), Progress.NONE);
        }

        @Override
        protected boolean writes() {
            return false;
        }
    }

    @Test
    void generate_newTexts_isTheirLabelWithCalibratedProbabilities() {
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
            for (Example example : ToyTask.test()) {
                Generation answer = head.generate(ToyTask.task().request(example.input()));

                assertThat(answer.text()).as(example.input()).isEqualTo(example.output());
                assertThat(answer.usage()).isEqualTo(new Usage(example.input().split(" ").length, 1));
                Decision decision = answer.decision().orElseThrow();
                assertThat(decision.calibrated()).isTrue();
                assertThat(decision.label()).isEqualTo(answer.text());
                assertThat(decision.labels()).isEqualTo(LABELS);
            }
        }
    }

    @Test
    void generate_subsetOfLabels_isRenormalisedInTheOrderAsked() {
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
            Request request = Request.of("which dog is yours");
            Decision all = head.generate(request).decision().orElseThrow();
            Generation some = head.generate(
                    request.withOptions(GenerationOptions.defaults().withLogProbabilities(true))
                            .withConstraint(OutputConstraint.oneOf(List.of("tool", "plant"))));
            Decision decision = some.decision().orElseThrow();

            assertThat(decision.labels()).containsExactly("tool", "plant");
            assertThat(decision.probability("tool"))
                    .isCloseTo(all.restrictedTo(List.of("tool", "plant")).probability("tool"), within(1e-12));
            assertThat(some.text()).isEqualTo(decision.label());
            assertThat(some.tokens().get(0).id()).isEqualTo(LABELS.indexOf(some.text()));
            assertThat(some.tokens().get(0).logProbability())
                    .isCloseTo(Math.log(decision.probability()), within(1e-12));
        }
    }

    @Test
    void score_labels_areTheLogarithmsOfTheDecision() {
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
            Request request = Request.of("that cat sleeps");
            Scores scores = head.score(request, LABELS);

            Decision decision = head.generate(request).decision().orElseThrow();
            LABELS.forEach(label -> assertThat(Decision.of(scores).probability(label))
                    .isCloseTo(decision.probability(label), within(1e-12)));
            assertThat(scores.usage()).isEqualTo(new Usage(3, 0));
        }
    }

    @Test
    void generate_conversation_readsTheLastUserMessageAlone() {
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
            Request alone = Request.of("that cat sleeps");
            Request more = Request.of(
                    Message.system("Only tools."),
                    Message.user("his hammer"),
                    Message.assistant("tool"),
                    Message.user("that cat sleeps"));

            assertThat(head.generate(more).decision())
                    .isEqualTo(head.generate(alone).decision());
        }
    }

    @Test
    void request_thatAHeadCannotAnswer_isRefused() {
        try (HeadModel head = LinearHead.words().train(ToyTask.task(), Progress.NONE)) {
            Request request = Request.of("that cat sleeps");
            refuses(
                    head,
                    "cannot write JSON",
                    request.withConstraint(
                            OutputConstraint.json(JsonSchema.object(JsonSchema.property("a", JsonSchema.text())))));
            refuses(
                    head,
                    "not learned the labels [fish], it chooses among [animal, plant, tool]",
                    request.withConstraint(OutputConstraint.oneOf(List.of("fish", "tool"))));
            refuses(head, "no adapters, unknown: [lora]", request.withAdapter("lora"));
            refuses(head, "raw text", request.withRaw(true));
            refuses(head, "beginning of an answer", request.plus(Message.assistant("to")));
            refuses(head, "the last user message is empty", Request.of(" \n"));
            refuses(head, "needs a user message", Request.of(Message.system("that cat sleeps")));
            refuses("not learned the labels [fish]", () -> head.score(request, List.of("tool", "fish")));
        }
    }

    private static void refuses(Model head, String message, Request request) {
        refuses(message, () -> head.generate(request));
        refuses(message, () -> head.generate(List.of(Request.of("a dog"), request)));
    }

    private static void refuses(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
