package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training records with tools, calls and results. */
class ToolRecordsTest {
    private static final String CALL = "{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"time\","
            + "\"arguments\":\"{\\\"zone\\\": \\\"UTC\\\"}\"}}";
    private static final String TOOLS = "[{\"type\":\"function\",\"function\":{\"name\":\"time\",\"description\":\"The"
            + " time.\",\"parameters\":{\"type\":\"object\",\"properties\":{\"zone\":{\"type\":\"string\"}}}}}]";

    @TempDir
    Path folder;

    private TrainingData read(String record) throws IOException {
        Path file = Files.writeString(folder.resolve("a.jsonl"), record + "\n");
        return TrainingData.read(file, TrainingFormat.detected());
    }

    private static String record(String tools, String call) {
        return "{\"tools\":" + tools + ",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + call + "]},"
                + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"name\":\"time\",\"content\":\"9:30\"},"
                + "{\"role\":\"assistant\",\"content\":\"It is 9:30.\"}]}";
    }

    @Test
    void record_withCallsAndResults_isReadWhole() throws IOException {
        TrainingExample example = read(record(TOOLS, CALL)).examples().get(0);
        ToolCall call = new ToolCall("c1", "time", "{\"zone\": \"UTC\"}");
        assertThat(example.messages())
                .containsExactly(
                        Message.user("q"),
                        Message.assistant("", List.of(call)),
                        Message.toolResult(call, "9:30"),
                        Message.assistant("It is 9:30."));
        assertThat(example.supervised()).containsExactly(1, 3);
        assertThat(example.tools()).extracting(ToolSpec::name).containsExactly("time");
        assertThat(example.request().tools()).isEqualTo(example.tools());
        assertThat(example.usesTools()).isTrue();
    }

    @Test
    void usesTools_thoughtWithoutTools_isNoTool() {
        List<Message> plain = List.of(Message.user("7 times 6?"), Message.assistant("42"));
        List<Message> thinking = List.of(plain.get(0), plain.get(1).withReasoning("6 times 7 is 42"));
        TrainingExample example = TrainingExample.of("a", thinking);
        assertThat(example.usesTools()).isFalse();
        assertThat(example.hasReasoning()).isTrue();
        assertThat(TrainingExample.of("a", plain).hasReasoning()).isFalse();
        TrainingData data = TrainingData.of("data", List.of(example));
        assertThat(data.contentHash())
                .isNotEqualTo(TrainingData.of("data", List.of(TrainingExample.of("a", plain)))
                        .contentHash());
        assertThatThrownBy(data::toExamples)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("before the answer, with a thought");
    }

    @Test
    void record_otherSpellings_areTheSame() throws IOException {
        TrainingExample usual = read(record(TOOLS, CALL)).examples().get(0);
        String text = "\"" + TOOLS.replace("\"", "\\\"") + "\"";
        String plain = CALL.replace("\"{\\\"zone\\\": \\\"UTC\\\"}\"", "{\"zone\":\"UTC\"}");
        TrainingExample other = read(record(text, plain)).examples().get(0);
        assertThat(other.tools()).isEqualTo(usual.tools());
        assertThat(other.messages().get(1).toolCalls().get(0).arguments()).isEqualTo("{\"zone\":\"UTC\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            {"id":"c","type":"retrieval"}~only the type function
            {"id":"c","function":{"name":"f"}}~'arguments' is missing
            {"id":"c","function":{"name":"f","arguments":"no"}}~not JSON
            {"id":"c","function":{"name":"f","arguments":"[1]"}}~must be a JSON object
            {"id":"c","function":{"name":"f","arguments":"{}","extra":1}}~'extra' is not read
            {"id":"c","function":{"arguments":"{}"}}~expected a text as 'name'
            """)
    void record_brokenCall_isReportedByItsPlace(String call, String reason) {
        assertThatThrownBy(() -> read(record(TOOLS, call)))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContainingAll("line 1", "'messages[1].tool_calls'[0]", reason);
    }

    @Test
    void record_callsOfOthers_areBroken() {
        String user = "{\"messages\":[{\"role\":\"user\",\"content\":\"q\",\"tool_calls\":[" + CALL + "]},"
                + "{\"role\":\"assistant\",\"content\":\"a\"}]}";
        assertThatThrownBy(() -> read(user)).hasMessageContaining("only the assistant calls tools");
    }

    @Test
    void data_withOtherCalls_isOther() throws IOException {
        String last = ",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"tool_calls\":[";
        TrainingData utc = read("{\"tools\":" + TOOLS + last + CALL + "]}]}");
        TrainingData cet = read("{\"tools\":" + TOOLS + last + CALL.replace("UTC", "CET") + "]}]}");
        assertThat(utc.examples()).hasSize(1);
        assertThat(utc.contentHash()).isNotEqualTo(cet.contentHash());
        assertThat(utc.examples().get(0).completion())
                .isEqualTo("{\"name\": \"time\", \"arguments\": {\"zone\": \"UTC\"}}")
                .isNotEqualTo(cet.examples().get(0).completion());
        assertThatThrownBy(utc::toExamples)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tools");
    }
}
