package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RequestTest {
    private static final Message RULES = Message.system("Be brief.");
    private static final Message FIRST = Message.user("one");
    private static final Message SECOND = Message.user("two");

    @Test
    void question_severalTurns_isTheLastOfTheUser() {
        assertThat(Request.of(RULES, FIRST, Message.assistant("1"), SECOND, Message.assistant("the"))
                        .question())
                .isEqualTo(3);
        assertThatThrownBy(() -> Request.of(RULES, Message.assistant("x")).question())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the request needs a user message, got only [system, assistant]");
    }

    @Test
    void withSystemParagraph_withOrWithoutASystemMessage_standsFirst() {
        assertThat(Request.of(FIRST).withSystemParagraph("You are a clerk."))
                .isEqualTo(Request.of(Message.system("You are a clerk."), FIRST));
        assertThat(Request.of(RULES, FIRST).withSystemParagraph("You are a clerk."))
                .isEqualTo(Request.of(Message.system("You are a clerk.\n\nBe brief."), FIRST));
        assertThat(Request.of(FIRST).withSystemParagraph(" ")).isEqualTo(Request.of(FIRST));
    }
}
