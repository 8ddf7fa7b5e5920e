package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.llmadapt.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands beside the fields of a form: used, refused by name, or listed. */
class TrainingFieldsTest {
    private static final String CHAT =
            "\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"system", "system_prompt", "systemPrompt", "System Message"})
    void system_besideEachForm_isTheSystemMessage(String name) throws IOException {
        String system = "\"" + name + "\":\"Answer in French.\",";
        for (String record : List.of(
                "\"prompt\":\"q\",\"completion\":\"a\"",
                "\"question\":\"q\",\"response\":\"a\"",
                "\"instruction\":\"q\",\"output\":\"a\"",
                "\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}],\"completion\":\"a\"",
                "\"conversations\":[{\"from\":\"human\",\"value\":\"q\"},{\"from\":\"gpt\",\"value\":\"a\"}]",
                CHAT)) {
            assertThat(messages("{" + system + record + "}"))
                    .as(record)
                    .containsExactly(Message.system("Answer in French."), Message.user("q"), Message.assistant("a"));
        }
    }

    @Test
    void system_twice_isOneIfTheSame_elseReported() throws IOException {
        String chat = "\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"q\"},"
                + "{\"role\":\"assistant\",\"content\":\"a\"}]}";
        assertThat(messages("{\"system\":\"s\"," + chat)).hasSize(3);
        assertThat(messages("{\"system\":null," + chat)).hasSize(3);
        refuses("{\"system\":\"other\"," + chat, "two different system messages");
        refuses("{\"system\":{\"text\":\"s\"},\"prompt\":\"q\",\"completion\":\"a\"}", "'system': expected a text");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"question\":\"q\",\"context\":\"c\",\"answer\":\"a\"}|q--c",
                "{\"question\":\"q\",\"passage\":\"c\",\"answer\":\"a\"}|q--c",
                "{\"prompt\":\"q\",\"article\":\"c\",\"completion\":\"a\"}|q--c",
                "{\"instruction\":\"q\",\"context\":\"c\",\"input\":\"\",\"output\":\"a\"}|q--c",
                "{\"instruction\":\"q\",\"input\":\"i\",\"context\":\"c\",\"output\":\"a\"}|q--i--c",
                "{\"instruction\":\"q\",\"context\":\"c\",\"response\":\"a\",\"category\":\"closed_qa\"}|q--c",
                "{\"instruction\":\"q\",\"context\":\"\",\"response\":\"a\",\"category\":\"open_qa\"}|q",
                "{\"instruction\":\"i\",\"question\":\"q\",\"answer\":\"a\"}|i--q",
                "{\"instruction\":\"i\",\"input\":\"q\",\"label\":\"a\"}|i--q",
                "{\"input\":\"q\",\"output\":\"a\"}|q",
            })
    void context_besideATextAsPrompt_belongsToThePrompt(String record, String prompt) throws IOException {
        assertThat(messages(record))
                .containsExactly(Message.user(prompt.replace("--", "\n\n")), Message.assistant("a"));
    }

    @Test
    void history_ofPairs_isEarlierTurns() throws IOException {
        TrainingData data = read(
                "a.json",
                "[{\"instruction\":\"q2\",\"output\":\"a2\",\"history\":[[\"q1\",\"a1\"]],\"system\":\"s\"},"
                        + "{\"query\":\"q2\",\"response\":\"a2\",\"history\":[[\"q1\",\"a1\"]],\"system\":\"s\"}]");
        for (TrainingExample example : data.examples()) {
            assertThat(example.messages())
                    .containsExactly(
                            Message.system("s"),
                            Message.user("q1"),
                            Message.assistant("a1"),
                            Message.user("q2"),
                            Message.assistant("a2"));
            assertThat(example.supervised()).containsExactly(2, 4);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tools\":[{\"type\":\"retrieval\"}]",
                "\"tools\":[{\"name\":\"a b\"}]",
                "\"tools\":\"[{'name': 'w'}]\"",
                "\"functions\":[{\"name\":\"w\"}]",
                "\"images\":[\"a.jpg\"]",
                "\"image\":\"a.jpg\"",
                "\"audio\":{\"id\":\"x\"}",
                "\"videos\":[\"a.mp4\"]",
                "\"documents\":[{\"text\":\"d\"}]",
                "\"reasoning_content\":\"hm\"",
                "\"thinking\":\"hm\"",
                "\"reasoning\":\"hm\"",
                "\"Complex_CoT\":\"hm\"",
                "\"choices\":[\"A\",\"B\"]",
                "\"options\":{\"A\":\"x\"}",
                "\"refusal\":\"no\"",
                "\"rejected_response\":\"worse\"",
            })
    void partOfTheConversation_thatCannotBeRead_isReportedByItsName(String field) throws IOException {
        String name = field.substring(0, field.indexOf(':')).replace("\"", "'");
        refuses("{" + field + "," + CHAT + "}", name);
        refuses("{" + field + ",\"prompt\":\"q\",\"completion\":\"a\"}", name);
        refuses("{" + field + ",\"question\":\"q\",\"answer\":\"a\"}", name);
        refuses("{\"instruction\":\"q\",\"output\":\"a\"," + field + "}", name);
        refuses(
                "{\"conversations\":[{\"from\":\"human\",\"value\":\"q\"},{\"from\":\"gpt\",\"value\":\"a\"," + field
                        + "}]}",
                "'conversations[1]." + name.substring(1));
        refuses(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\","
                        + field + "}]}",
                "'messages[1]." + name.substring(1));
        TrainingData ignored = TrainingData.read(
                write("i.jsonl", "{" + field + "," + CHAT + "}"),
                TrainingFormat.detected().ignoring(name.substring(1, name.length() - 1)));
        assertThat(ignored.examples()).hasSize(1);
        assertThat(ignored.fields().unread()).containsOnlyKeys(name.substring(1, name.length() - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"context", "document", "input", "history", "instruction"})
    void context_besideMessages_isReported(String name) throws IOException {
        refuses("{\"" + name + "\":\"c\"," + CHAT + "}", "'" + name + "'", "write");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tool_calls\":[]",
                "\"tool_calls\":null,\"function_call\":null,\"refusal\":null,\"annotations\":[],\"audio\":null",
                "\"tool_calls\":[null],\"function_call\":{\"name\":null,\"arguments\":null}",
                "\"tools\":\"[]\",\"functions\":{},\"images\":[\"\"]",
                "\"reasoning_content\":\"\",\"thinking\":\" \",\"train_detail\":[],\"tools\":\"null\"",
                "\"tools\":false,\"label\":null,\"weight\":\"\"",
            })
    void nothing_inAFieldOfALog_isNothing(String fields) throws IOException {
        TrainingData data = read(
                "a.jsonl",
                "{" + fields + ",\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\","
                        + "\"content\":\"a\"," + fields + "}]}");
        assertThat(data.examples()).hasSize(1);
        assertThat(data.brokenCount()).isZero();
        assertThat(data.fields().unread()).isEmpty();
    }

    @Test
    void fields_ofAFile_areNamedByWhatTheyWereTakenAs() throws IOException {
        TrainingData data = read("a.jsonl", """
                {"id":1,"system_prompt":"s","question":"q","context":"c","answer":"a","source":"web"}
                {"id":2,"question":"q","answer":"a","source":"web","lang":null}
                {"id":3,"question":"q","source":"web"}
                """);
        assertThat(data.fields().taken())
                .containsExactly(
                        entry("system message", Set.of("system_prompt")),
                        entry("prompt", Set.of("question", "context")),
                        entry("answer", Set.of("answer")));
        assertThat(data.fields().unread()).isEqualTo(Map.of("source", 2L));
        assertThat(data.fields())
                .hasToString(
                        "system message: system_prompt; prompt: question, context; answer: answer; not read: source");
        assertThat(Curation.defaults().apply(data).report().table())
                .containsPattern("prompt +question, context\\n")
                .containsPattern("not read +source\\n");
        assertThat(Curation.defaults().apply(data).report().json()).contains("\"unread\"", "\"source\": 2");
        assertThat(read(
                                "b.jsonl",
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\",\"name\":\"joe\",\"train\":true},"
                                        + "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"a\","
                                        + "\"cache_control\":{\"type\":\"e\"}}]}]}")
                        .fields()
                        .unread())
                .containsOnlyKeys("messages[].name", "messages[].train of user", "messages[].content[].cache_control");
    }

    @Test
    void pair_guessedBesideUnknownFields_isNotTaken() throws IOException {
        refuses("{\"question\":\"q\",\"answers_given\":[1],\"answer\":\"2\"}", "answers_given", "--prompt-field");
        refuses("{\"text\":\"q\",\"hypothesis\":\"h\",\"label\":\"1\"}", "hypothesis");
        assertThatThrownBy(() -> read("a.csv", "name,question,comment,answer\nann,how old?,hm,34\n"))
                .hasMessageContainingAll("[answer, question] may be prompt and answer", "comment", "--ignore");
        Path survey = write("b.csv", "name,question,comment,answer\nann,how old?,hm,34\n");
        assertThat(TrainingData.read(survey, TrainingFormat.promptCompletion("question", "answer"))
                        .fields()
                        .unread())
                .containsOnlyKeys("name", "comment");
        assertThat(TrainingData.read(survey, TrainingFormat.detected().ignoring("Comment"))
                        .examples())
                .hasSize(1);
        TrainingData mixed =
                read("m.jsonl", "{\"question\":\"q\",\"answer\":\"a\"}\n{\"input\":\"i\",\"output\":\"o\"}\n");
        assertThat(mixed.broken().get(0).reason()).startsWith("'question' is missing");
        // Names that mean a prompt and its answer are taken, and the rest is listed.
        assertThat(messages("{\"prompt\":\"q\",\"completion\":\"a\",\"comment\":\"hm\"}"))
                .hasSize(2);
    }

    @Test
    void shareGpt_withRoleAndContent_isRead() throws IOException {
        assertThat(messages("{\"conversations\":[{\"role\":\"user\",\"content\":\"q\"},"
                        + "{\"role\":\"assistant\",\"content\":\"a\"}]}"))
                .containsExactly(Message.user("q"), Message.assistant("a"));
        refuses(
                "{\"conversations\":[{\"from\":\"human\",\"value\":\"q\"},{\"from\":\"function_call\",\"value\":\"{}\"},"
                        + "{\"from\":\"observation\",\"value\":\"3\"},{\"from\":\"gpt\",\"value\":\"a\"}]}",
                "calls of tools are not read");
    }

    private List<Message> messages(String record) throws IOException {
        return read("a.jsonl", record + "\n").examples().get(0).messages();
    }

    private void refuses(String record, String... parts) {
        assertThatThrownBy(() -> read("a.jsonl", record + "\n"))
                .as(record)
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContaining("line 1")
                .hasMessageContainingAll(parts);
    }

    private TrainingData read(String name, String text) throws IOException {
        return TrainingData.read(write(name, text));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":[%s,%s]}",
                "{\"data\": [\n  %s,\n  %s\n]}\n",
                "{\"version\": \"1.1\",\n\"examples\": [%s,\n%s],\n\"count\": 2}",
                "{\n  \"rows\": [\n%s,%s]\n}",
                "[%s,%s]",
                "\n[\n%s,\n%s]",
                "%s\n%s",
                "\n\n%s\n\n%s\n",
                "%s%s",
                "%s %s",
            })
    void json_inAnyLayout_isRead(String layout) throws IOException {
        String pretty =
                "{\n  \"prompt\": \"q \\\"}{\",\n  \"completion\": [\n    {\"role\": \"assistant\",\n     \"content\": \"a\"}\n  ]\n}";
        for (String record : List.of(pretty, pretty.replace("\n", "").replace("  ", ""))) {
            boolean oneLine = !record.contains("\n") && layout.matches("%s ?%s");
            for (String name : List.of("a.json", "a.jsonl", "a.ndjson")) {
                if (oneLine) { // two objects on one line are no layout
                    assertThatThrownBy(() -> read(name, layout.formatted(record, record)))
                            .hasMessageContaining("line 1: ");
                    continue;
                }
                TrainingData data = read(name, layout.formatted(record, record));
                assertThat(data.examples()).as(layout + record).hasSize(2);
                assertThat(data.examples())
                        .allMatch(example -> example.prompt().get(0).content().equals("q \"}{"));
                assertThat(data.brokenCount()).isZero();
            }
        }
    }

    @Test
    void json_layouts_keepLinesAndBrokenRecords() throws IOException {
        TrainingData data = read(
                "a.jsonl",
                "{\n\"prompt\": \"q\",\n\"completion\": \"a\"\n}\nnonsense\n{\n\"prompt\": 1\n}\n{\"prompt\":\"q\",\n"
                        + "\"completion\":\"b\"}");
        assertThat(data.examples()).extracting(TrainingExample::line).containsExactly(1L, 9L);
        assertThat(data.broken()).extracting(TrainingData.BrokenLine::line).containsExactly(5L, 6L);
        TrainingData wrapped =
                read("b.json", "{\"n\":1,\n\"data\":\n[{\"prompt\":1},\n{\"prompt\":\"q\",\"completion\":\"a\"}]}");
        assertThat(wrapped.examples()).extracting(TrainingExample::line).containsExactly(4L);
        assertThat(wrapped.fields().unread()).containsOnlyKeys("n");
        // A line that is cut off is a broken line, and no sign of objects over several lines.
        assertThat(read("c.jsonl", "{\"prompt\":\"cut\n{\"prompt\":\"q\",\"completion\":\"a\"}\n")
                        .examples())
                .hasSize(1);
        assertThat(read("d.jsonl", "{\"prompt\":\"q\",\n{\"prompt\":\"q\",\"completion\":\"a\"}\n")
                        .examples())
                .hasSize(1);
        assertThat(read("e.jsonl", "[1]\n{\"prompt\":\"q\",\"completion\":\"a\"}\n")
                        .examples())
                .hasSize(1);
    }

    @Test
    void json_objectThatIsNoListOfRecords_saysWhatToDo() {
        assertThatThrownBy(() -> read("a.json", "{\"train\":[{\"prompt\":1}],\"test\":[{\"prompt\":2}]}"))
                .hasMessageContainingAll("the lists [test, train]", "a file of its own");
        assertThatThrownBy(
                        () -> read("a.json", "{\"system\":\"s\",\"data\":[{\"prompt\":\"q\",\"completion\":\"a\"}]}"))
                .hasMessageContainingAll("'system' beside the list 'data'", "--ignore system");
        assertThatThrownBy(() -> read("a.json", "{\"data\":{\"prompt\":\"q\"}}"))
                .hasMessageContaining("unknown keys [data]");
        assertThatThrownBy(() -> read("a.json", "{\"data\":[]}")).hasMessageContaining("unknown keys [data]");
    }
}
