package dev.llmadapt.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.chat.TokenWindowChatMemory;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class LlmAdaptTokenCountEstimatorTest {
    private static final LocalModel MODEL = LocalModel.open(
            Golden.folder("tiny-llama"),
            ModelOptions.defaults()
                    .withThreads(1)
                    .withChatTemplate("{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}"));
    private static final LlmAdaptTokenCountEstimator ESTIMATOR = new LlmAdaptTokenCountEstimator(MODEL);

    @AfterAll
    static void close() {
        MODEL.close();
    }

    @Test
    void text_isCountedAlone() {
        assertThat(ESTIMATOR.estimateTokenCountInText("hello there"))
                .isEqualTo(MODEL.textTokens("hello there").length)
                .isPositive();
    }

    @Test
    void messages_areCountedAsTheModelReadsThem() {
        List<ChatMessage> messages =
                List.of(SystemMessage.from("Be brief."), UserMessage.from("hello"), AiMessage.from("hi"));

        assertThat(ESTIMATOR.estimateTokenCountInMessages(messages))
                .isEqualTo(MODEL.conversationTokens(
                                Request.of(Message.system("Be brief."), Message.user("hello"), Message.assistant("hi")))
                        .length);
        assertThat(ESTIMATOR.estimateTokenCountInMessages(List.of())).isZero();
    }

    @Test
    void message_countsItsTextAndWhatTheTemplateAdds() {
        for (ChatMessage message :
                List.of(SystemMessage.from("Be brief."), UserMessage.from("hello"), AiMessage.from("hi there"))) {
            int text = ESTIMATOR.estimateTokenCountInText(
                    ChatMessages.message(message).content());
            assertThat(ESTIMATOR.estimateTokenCountInMessage(message))
                    .as("%s", message)
                    .isBetween(text + 1, text + 20);
        }
    }

    @Test
    void memory_ofSoManyTokens_forgetsTheOldest() {
        int limit = 2 * ESTIMATOR.estimateTokenCountInMessage(UserMessage.from("hello number 1")) + 5;
        TokenWindowChatMemory memory = TokenWindowChatMemory.withMaxTokens(limit, ESTIMATOR);
        for (int i = 1; i <= 5; i++) {
            memory.add(UserMessage.from("hello number " + i));
        }

        assertThat(memory.messages()).hasSize(2).last().isEqualTo(UserMessage.from("hello number 5"));
    }
}
