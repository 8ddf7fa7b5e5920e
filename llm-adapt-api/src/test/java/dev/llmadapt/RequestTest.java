package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    void withTemplateArguments_values_areCopiedAndChecked() {
        List<Object> list = new ArrayList<>(List.of("a", 1, 2L, 0.5, true));
        Request request = Request.of(FIRST).withTemplateArgument("list", list).withTemplateArgument("list2", list);
        list.clear();
        assertThat(request.templateArguments()).containsOnlyKeys("list", "list2");
        assertThat(request.templateArguments().get("list")).isEqualTo(List.of("a", 1, 2L, 0.5, true));
        assertThat(request.plus(SECOND).templateArguments()).isEqualTo(request.templateArguments());
        assertThatThrownBy(() -> request.withTemplateArgument("x", Map.of("a", 1, "b", 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the template argument 'x' needs an order of its keys");
        assertThatThrownBy(() -> request.withTemplateArgument("x", List.of(1.5f)))
                .hasMessage(
                        "the template argument 'x' must be a String, Boolean, Integer, Long, Double, List or Map, got"
                                + " java.lang.Float");
        assertThatThrownBy(() -> request.withTemplateArgument(" ", 1)).hasMessageContaining("blank");
        assertThatThrownBy(() -> request.withRaw(true))
                .hasMessage("raw text has no chat template, so no template arguments; leave raw or [list, list2] out");
    }

    @Test
    void withDocuments_passages_areTitlesAndTexts() {
        assertThat(Request.of(FIRST)
                        .withDocuments(List.of(new Passage("1", "T", "X", 0.5)))
                        .templateArguments())
                .hasToString("{documents=[{title=T, text=X}]}");
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
