package dev.llmadapt.prompting.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToyModel;
import dev.llmadapt.Usage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tokens are characters of contents here, and one for each message. */
class ConversationMemoryTest {
    private static final TokenCounter CHARACTERS = messages -> messages.stream()
            .mapToInt(message -> message.content().length() + 1)
            .sum();

    private final MovingClock clock = new MovingClock();
    private final ConversationStore store = ConversationStore.inMemory();

    private static final class MovingClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private ConversationMemory memory(MemoryPolicy policy) {
        return new ConversationMemory(store, policy, Duration.ofMinutes(10), clock);
    }

    private static Generation answer(String text, ToolCall... calls) {
        return new Generation(
                text, List.of(), FinishReason.STOP, Usage.NONE, Timings.NONE, "", Optional.empty(), List.of(calls));
    }

    private static List<String> contents(List<Message> messages) {
        return messages.stream().map(Message::content).toList();
    }

    @Test
    void exchange_isShownNextTime() {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 100));
        memory.instruct("s", "Be kind.");
        memory.exchange("s", Message.user("hi"), messages -> {
            assertThat(messages).containsExactly(Message.system("Be kind."), Message.user("hi"));
            return answer("hello");
        });
        assertThat(contents(memory.messages("s"))).containsExactly("Be kind.", "hi", "hello");
        assertThat(memory.messages("other")).isEmpty();
    }

    @Test
    void window_leavesOutTheOldestExchangesWhole_andKeepsTheInstructions() {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 20));
        memory.instruct("s", "sys"); // 4
        for (String turn : List.of("q1", "q2", "q3")) {
            memory.exchange("s", Message.user(turn), messages -> answer(turn.replace("q", "a"))); // 6 each
        }
        assertThat(contents(memory.messages("s"))).containsExactly("sys", "q1", "a1", "q2", "a2", "q3", "a3");
        assertThat(contents(memory.add("s", Message.user("q4"))))
                .as("4 + 6 + 6 + 3 is 19, another exchange would be 25")
                .containsExactly("sys", "q2", "a2", "q3", "a3", "q4");
    }

    @Test
    void window_neverSplitsACallFromItsResult() {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 30));
        ToolCall call = new ToolCall("1", "weather", "{}");
        ToolCall other = new ToolCall("2", "weather", "{}");
        memory.exchange("s", Message.user("Bern?"), messages -> answer("", call, other));
        memory.add("s", Message.toolResult(call, "sun"));
        memory.exchange("s", Message.toolResult(other, "rain"), messages -> answer("sun, rain"));
        for (int length = 1; length <= 22; length++) {
            List<Message> shown =
                    memory(MemoryPolicy.window(CHARACTERS, 30)).add("s", Message.user("x".repeat(length)));
            boolean calls =
                    shown.stream().anyMatch(message -> !message.toolCalls().isEmpty());
            long results = shown.stream()
                    .filter(message -> !message.toolName().isEmpty())
                    .count();
            assertThat(results).isEqualTo(calls ? 2 : 0);
            memory.exchange("s", Message.user("y"), messages -> answer("z"));
        }
    }

    @Test
    void window_lastExchangeTooLong_isRefusedAndNothingIsKept() {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 20));
        memory.instruct("s", "sys");
        memory.add("s", Message.user("q"));
        memory.add("s", Message.assistant("a"));
        assertThatThrownBy(() -> memory.add("s", Message.user("x".repeat(16))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the last exchange alone has 21 tokens with the instructions, the memory of the"
                        + " conversation holds 20");
        assertThat(contents(memory.messages("s"))).containsExactly("sys", "q", "a");
    }

    /** Writes a summary that names how often it was asked. */
    private static final class Summariser extends ModelLayer {
        private final List<Request> asked = new ArrayList<>();
        private final String text;

        Summariser(Model base, String text) {
            super(base);
            this.text = text;
        }

        @Override
        protected Exchange exchange(Request request) {
            asked.add(request);
            return new Exchange() {
                @Override
                public Request asked() {
                    return request;
                }

                @Override
                public Optional<Generation> own(TokenListener listener) {
                    return Optional.of(answer(text + asked.size()));
                }
            };
        }
    }

    @Test
    void summary_standsForTheOldestExchanges() {
        Summariser summariser = new Summariser(new ToyModel(), "sum");
        // the summary is shown as 36 + 4 and 24 + 1 characters, with the words around it
        ConversationMemory memory = memory(MemoryPolicy.summary(CHARACTERS, 120, summariser));
        memory.instruct("s", "sys");
        String long1 = "1".repeat(35);
        String long2 = "2".repeat(35);
        memory.exchange("s", Message.user(long1), messages -> answer("a1"));
        memory.exchange("s", Message.user(long2), messages -> answer("a2"));
        assertThat(summariser.asked).isEmpty();
        memory.exchange("s", Message.user("3".repeat(45)), messages -> answer("a3"));
        assertThat(summariser.asked).hasSize(1);
        assertThat(summariser.asked.get(0).last().content())
                .contains("user: " + long1 + "\nassistant: a1\nuser: " + long2)
                .doesNotContain("333");
        assertThat(summariser.asked.get(0).options().maxTokens()).isEqualTo(30);
        assertThat(contents(memory.messages("s")))
                .containsExactly(
                        "sys",
                        "Summary of our conversation so far:\nsum1",
                        "I have read the summary.",
                        "3".repeat(45),
                        "a3");
        memory.add("s", Message.user("4".repeat(20)));
        assertThat(summariser.asked).hasSize(2);
        assertThat(summariser.asked.get(1).last().content())
                .startsWith("Summary of what was said before:\nsum1\n\nuser: 333");
        assertThat(contents(memory.messages("s"))).contains("Summary of our conversation so far:\nsum2");
        assertThat(contents(memory.add("s", Message.user("5".repeat(100)))))
                .as("no room for a summary")
                .containsExactly("sys", "5".repeat(100));
    }

    @Test
    void summary_thatIsNone_isRefusedAndNothingIsLost() {
        ConversationMemory memory = memory(MemoryPolicy.summary(CHARACTERS, 20, blank()));
        memory.exchange("s", Message.user("12345678"), messages -> answer("a"));
        assertThatThrownBy(() -> memory.add("s", Message.user("123456789")))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("wrote no summary");
        assertThat(contents(memory.messages("s"))).containsExactly("12345678", "a");
    }

    private static Model blank() {
        return new ModelLayer(new ToyModel()) {
            @Override
            protected Exchange exchange(Request request) {
                return new Exchange() {
                    @Override
                    public Request asked() {
                        return request;
                    }

                    @Override
                    public Optional<Generation> own(TokenListener listener) {
                        return Optional.of(answer(" "));
                    }
                };
            }
        };
    }

    @Test
    void exchange_thatFails_leavesNothing() {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 100));
        assertThatThrownBy(() -> memory.exchange("s", Message.user("q"), messages -> {
                    throw new IllegalArgumentException("too long");
                }))
                .hasMessage("too long");
        assertThat(memory.messages("s")).isEmpty();
    }

    @Test
    void add_whatIsNoTurn_isRefused() {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 100));
        assertThatThrownBy(() -> memory.add("s", Message.system("x")))
                .hasMessageContaining("instruct sets the instructions");
        ToolCall call = new ToolCall("1", "weather", "{}");
        assertThatThrownBy(() -> memory.add("s", Message.toolResult(call, "x")))
                .hasMessageContaining("the result of the tool 'weather' follows no call");
        memory.exchange("s", Message.user("q"), messages -> answer("", call));
        assertThatThrownBy(() -> memory.add("s", Message.user("q")))
                .hasMessageContaining("awaits the results of 1 calls of tools, got a message of the role user");
        memory.add("s", Message.toolResult(call, "x"));
        assertThatThrownBy(() -> memory.add("s", Message.toolResult(call, "x")))
                .hasMessageContaining("follows no call");
    }

    @Test
    void session_endsByTimeAndByClosing() {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 100));
        memory.add("a", Message.user("1"));
        clock.now = clock.now.plus(Duration.ofMinutes(10));
        assertThat(memory.messages("a")).hasSize(1);
        memory.add("b", Message.user("2"));
        clock.now = clock.now.plusMillis(1);
        assertThat(memory.messages("a")).isEmpty();
        assertThat(contents(memory.add("a", Message.user("new")))).containsExactly("new");
        memory.close("a");
        assertThat(memory.messages("a")).isEmpty();
        clock.now = clock.now.plus(Duration.ofHours(1));
        assertThat(memory.closeExpired()).isEqualTo(1);
        assertThat(store.find("b")).isEmpty();
    }

    @Test
    void exchanges_ofOneSession_comeOneAfterTheOther() throws Exception {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 100_000));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String text = String.valueOf(i);
                all.add(threads.submit(
                        () -> memory.exchange("s", Message.user(text), messages -> answer("re " + text))));
            }
            for (Future<?> each : all) {
                each.get(20, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        List<String> said = contents(memory.messages("s"));
        assertThat(said).hasSize(400);
        for (int i = 0; i < said.size(); i += 2) {
            assertThat(said.get(i + 1)).isEqualTo("re " + said.get(i));
        }
    }

    @Test
    void exchanges_ofSeveralSessions_goOnAtTheSameTime() throws Exception {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 100));
        CountDownLatch both = new CountDownLatch(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (String session : List.of("a", "b")) {
                all.add(threads.submit(() -> memory.exchange(session, Message.user("q"), messages -> {
                    both.countDown();
                    try {
                        assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return answer("a");
                })));
            }
            for (Future<?> each : all) {
                each.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(memory.messages("a")).hasSize(2);
    }

    @Test
    void exchange_overtakenByAnotherProcess_isRefused() {
        ConversationMemory memory = memory(MemoryPolicy.window(CHARACTERS, 100));
        ConversationMemory other = memory(MemoryPolicy.window(CHARACTERS, 100));
        assertThatThrownBy(() -> memory.exchange("s", Message.user("q"), messages -> {
                    other.add("s", Message.user("first"));
                    return answer("a");
                }))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("the session 's' was changed by another process meanwhile");
        assertThat(contents(memory.messages("s"))).containsExactly("first");
    }
}
