package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.data.TrainingFormat;
import dev.llmadapt.peft.training.TextEncoder;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingOptions.LossOn;
import dev.llmadapt.peft.training.TrainingText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of tools are learned as the chat template writes them. */
class ToolLearningTest {
    private static final String TEMPLATE = "{% for t in tools or [] %}{{ t.function.name }}{% endfor %}"
            + "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content }}{% for c in m.tool_calls or [] %}"
            + "<tool_call>\n{\"name\": \"{{ c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson"
            + " }}}\n</tool_call>{% endfor %}{{ '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}"
            + "{{ '<|im_start|>assistant\n' }}{% endif %}";
    private static final String PLAIN = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content +"
            + " '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
    private static final int END = 2; // <|im_end|>
    private static final ToolCall CALL = new ToolCall("c", "time", "{\"zone\": \"UTC\"}");
    private static final String WRITTEN =
            "<tool_call>\n{\"name\": \"time\", \"arguments\": {\"zone\": \"UTC\"}}\n</tool_call>";
    private static final Request ASKED = Request.of("what time is it?").withTools(ToolSpec.of("time", "The time."));
    private static final TrainingOptions OPTIONS =
            TrainingOptions.defaults().withEpochs(1).withMinSteps(0).withThreads(1);

    @TempDir
    Path folder;

    private static LocalModel model(String template) {
        return LocalModel.open(
                Golden.folder("tiny-llama"),
                ModelOptions.defaults().withThreads(1).withChatTemplate(template));
    }

    private static TextEncoder encoder(LocalModel model) {
        return new TextEncoder(
                model::promptTokens, model::textTokens, model::conversationTokens, END, 1000, LossOn.ASSISTANT);
    }

    private static List<Integer> learned(TrainingText text) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < text.ids().length; i++) {
            if (text.learned()[i]) {
                ids.add(text.ids()[i]);
            }
        }
        return ids;
    }

    private static List<Integer> ids(LocalModel model, String text) {
        List<Integer> ids =
                new ArrayList<>(Arrays.stream(model.textTokens(text)).boxed().toList());
        ids.add(END);
        return ids;
    }

    @Test
    void encode_call_isLearnedAsItIsWritten() {
        try (LocalModel model = model(TEMPLATE)) {
            TrainingText text = encoder(model).encode(ASKED, i -> false, Message.assistant("", List.of(CALL)));
            assertThat(learned(text)).isEqualTo(ids(model, WRITTEN));
        }
    }

    @Test
    void encode_earlierCall_isLearnedToo() {
        try (LocalModel model = model(TEMPLATE)) {
            Request asked = ASKED.plus(Message.assistant("", List.of(CALL))).plus(Message.toolResult(CALL, "9:30"));
            List<Integer> expected = ids(model, WRITTEN);
            expected.addAll(ids(model, "It is 9:30."));
            assertThat(learned(encoder(model).encode(asked, i -> true, Message.assistant("It is 9:30."))))
                    .isEqualTo(expected);
            assertThat(learned(encoder(model).encode(asked, i -> false, Message.assistant("It is 9:30."))))
                    .isEqualTo(ids(model, "It is 9:30."));
        }
    }

    @Test
    void train_records_learnsThemOrSaysWhyNot() throws IOException {
        String record = "{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"time\"}}],\"messages\":["
                + "{\"role\":\"user\",\"content\":\"time?\"},{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\","
                + "\"function\":{\"name\":\"time\",\"arguments\":\"{}\"}}]}]}\n";
        TrainingData data =
                TrainingData.read(Files.writeString(folder.resolve("t.jsonl"), record), TrainingFormat.detected());
        TrainingExample example = data.examples().get(0);
        LoraTuning tuning = LoraTuning.defaults().withRank(1).withOptions(OPTIONS);
        try (LocalModel model = model(TEMPLATE);
                LocalModel plain = model(PLAIN)) {
            assertThat(Tuning.refusal(model, OPTIONS).apply(example)).isEmpty();
            tuning.train(model, data, Progress.NONE).write(folder.resolve("adapter"));
            assertThat(folder.resolve("adapter")).isDirectory();
            assertThat(Tuning.refusal(plain, OPTIONS).apply(example).orElse("")).contains("does not show tools");
            assertThatThrownBy(() -> tuning.train(plain, data, Progress.NONE))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("does not show tools");
        }
    }
}
