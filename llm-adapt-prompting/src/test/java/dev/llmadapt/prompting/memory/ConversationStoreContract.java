package dev.llmadapt.prompting.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Message;
import dev.llmadapt.ToolCall;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does. */
abstract class ConversationStoreContract {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private ConversationStore store;

    abstract ConversationStore store() throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = store();
    }

    private static Conversation conversation(long version, String text) {
        ToolCall call = new ToolCall("a1", "weather", "{\"city\": \"Bern\"}");
        return new Conversation(
                "Be kind: \"'\\ ü😀",
                "a summary",
                List.of(
                        Message.user(text),
                        Message.assistant("", List.of(call)).withReasoning("Look\nit \"up\"."),
                        Message.toolResult(call, "sun"),
                        Message.assistant("It is sunny.")),
                version,
                NOON.plusSeconds(version));
    }

    @Test
    void save_isFoundAgain_untilItIsDeleted() {
        assertThat(store.find("s")).isEmpty();
        assertThat(store.save("s", conversation(1, "first"))).isTrue();
        assertThat(store.find("s")).contains(conversation(1, "first"));
        assertThat(store.save("s", conversation(2, "second"))).isTrue();
        assertThat(store.find("s")).contains(conversation(2, "second"));
        assertThat(store.find("S")).isEmpty();
        store.delete("s");
        store.delete("s");
        assertThat(store.find("s")).isEmpty();
    }

    @Test
    void save_ofAnotherVersion_keepsNothing() {
        assertThat(store.save("s", conversation(2, "x"))).isFalse();
        assertThat(store.find("s")).isEmpty();
        store.save("s", conversation(1, "first"));
        assertThat(store.save("s", conversation(1, "other"))).isFalse();
        assertThat(store.save("s", conversation(3, "other"))).isFalse();
        assertThat(store.find("s")).contains(conversation(1, "first"));
    }

    @Test
    void deleteUnusedSince_deletesWhatIsOlder() {
        store.save("a", conversation(1, "a"));
        store.save("b", conversation(1, "b"));
        store.save("b", conversation(2, "b"));
        assertThat(store.deleteUnusedSince(NOON.plusSeconds(1))).isZero();
        assertThat(store.deleteUnusedSince(NOON.plusSeconds(2))).isEqualTo(1);
        assertThat(store.find("a")).isEmpty();
        assertThat(store.find("b")).isPresent();
    }
}
