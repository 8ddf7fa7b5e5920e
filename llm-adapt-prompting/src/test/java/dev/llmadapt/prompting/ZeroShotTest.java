package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Message;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ZeroShotTest extends StrategyContract {
    @Override
    protected Strategy strategy() {
        return ZeroShot.defaults();
    }

    @Test
    void prepare_labelTask_instructionAndLabelsAsSystemMessage() {
        assertThat(prepared(ZeroShot.defaults(), task(), Request.of("a dog")))
                .containsExactly(
                        Message.system("Say what kind of thing it is.\nAnswer with one of: animal, plant, tool."),
                        Message.user("a dog"));
    }

    @Test
    void prepare_withoutLabels_instructionAlone() {
        assertThat(prepared(ZeroShot.defaults().withoutLabels(), task(), Request.of("a dog")))
                .containsExactly(Message.system("Say what kind of thing it is."), Message.user("a dog"));
    }

    @Test
    void prepare_freeTextTask_instructionAlone() {
        Task task = free("Translate to French.");

        assertThat(prepared(ZeroShot.defaults(), task, Request.of("a dog")))
                .containsExactly(Message.system("Translate to French."), Message.user("a dog"));
    }

    @Test
    void prepare_nothingToSay_leavesTheMessages() {
        assertThat(prepared(ZeroShot.defaults(), free(" "), Request.of("a dog")))
                .containsExactly(Message.user("a dog"));
    }

    @Test
    void prepare_systemMessageThere_isKeptAfterTheInstruction() {
        Request request = Request.of(Message.system("Be brief."), Message.user("a dog"));

        assertThat(prepared(ZeroShot.defaults(), free("Translate."), request))
                .containsExactly(Message.system("Translate.\n\nBe brief."), Message.user("a dog"));
    }

    @Test
    void prepare_otherWording_isUsedForEveryUserMessage() {
        ZeroShot strategy = ZeroShot.defaults()
                .withInstruction(new PromptTemplate("Sort things."))
                .withLabels(new PromptTemplate("Kinds: {labels}"))
                .withInput(new PromptTemplate("Thing: {input}\nKind:"));
        Request request = Request.of(Message.user("{input}"), Message.assistant("tool"), Message.user("a dog"));

        assertThat(prepared(strategy, task(), request))
                .containsExactly(
                        Message.system("Sort things.\nKinds: animal, plant, tool"),
                        Message.user("Thing: {input}\nKind:"),
                        Message.assistant("tool"),
                        Message.user("Thing: a dog\nKind:"));
    }

    @Test
    void prepare_instructionWithBraces_isNotATemplate() {
        assertThat(prepared(ZeroShot.defaults(), free("Answer as {json}."), Request.of("x")))
                .first()
                .isEqualTo(Message.system("Answer as {json}."));
    }

    static List<Message> prepared(Strategy strategy, Task task, Request request) {
        try (Model base = new ToyModel();
                Model adapted = strategy.adapt(base, task, Progress.NONE)) {
            return adapted.prepare(request).messages();
        }
    }

    static Task free(String instruction) {
        return new Task("free", instruction, List.of(), List.of(), List.of(), Metric.exactMatch());
    }
}
