package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Message;
import dev.llmadapt.ToyModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens are characters here. */
class ChatWindowTest {
    private final ChatWindow window = new ChatWindow(
            messages -> messages.stream()
                    .mapToInt(message -> message.content().length())
                    .sum(),
            50);
    private final List<Message> history = new ArrayList<>(List.of(
            Message.system("sys"),
            Message.user("11111"),
            Message.assistant("aaaaa"),
            Message.user("22222"),
            Message.assistant("bbbbb")));

    private List<String> contents() {
        return history.stream().map(Message::content).toList();
    }

    @Test
    void shorten_whatFits_staysAsItIs() {
        assertThat(window.shorten(history, "x".repeat(17), 10)).isZero();
        assertThat(history).hasSize(5);
    }

    @Test
    void shorten_whatIsTooLong_losesTheOldestTurnsWithRoomForMore() {
        assertThat(window.shorten(history, "x".repeat(18), 10))
                .as("41 of 40 are too many; at most 30 stay, of which 18 are the next message and 3 the instructions")
                .isEqualTo(4);
        assertThat(contents()).containsExactly("sys");
        history.addAll(List.of(Message.user("3"), Message.assistant("c"), Message.user("4"), Message.assistant("d")));
        assertThat(window.shorten(history, "x".repeat(34), 10)).isEqualTo(4);
    }

    @Test
    void shorten_keepsTheLatestTurns() {
        assertThat(window.shorten(history, "x".repeat(8), 40))
                .as("an answer takes at most half of the context: 31 of 25, at most 18 stay")
                .isEqualTo(4);
        history.addAll(
                List.of(Message.user("33"), Message.assistant("cc"), Message.user("44"), Message.assistant("dd")));
        assertThat(window.shorten(history, "x".repeat(15), 40)).isEqualTo(4);
        history.addAll(List.of(
                Message.user("33333333"), Message.assistant("cc"), Message.user("44"), Message.assistant("dd")));
        assertThat(window.shorten(history, "x".repeat(9), 40)).isEqualTo(2);
        assertThat(contents()).containsExactly("sys", "44", "dd");
    }

    @Test
    void shorten_whatIsTooLongAlone_isLeftToTheModel() {
        assertThat(window.shorten(history, "x".repeat(100), 10)).isEqualTo(4);
        assertThat(contents()).containsExactly("sys");
        assertThat(window.shorten(history, "x".repeat(100), 10)).isZero();
    }

    @Test
    void shorten_aModelThatIsNotLocal_seesAll() {
        try (ToyModel model = new ToyModel()) {
            assertThat(ChatWindow.shorten(model, history, "x".repeat(100_000), 10))
                    .isZero();
        }
        assertThat(history).hasSize(5);
    }
}
