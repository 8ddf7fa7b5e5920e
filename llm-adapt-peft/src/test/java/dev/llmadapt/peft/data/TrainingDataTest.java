package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.peft.data.TrainingData.BrokenLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {
    private static final String GOOD = "{\"prompt\":\"p\",\"completion\":\"c\"}\n";

    @TempDir
    Path folder;

    @Test
    void promptCompletion_jsonLines_isRead() {
        TrainingData data = read("a.jsonl", "\n{\"id\":\"x\",\"prompt\":\" a\\nb\",\"completion\":\" c \"}\n\n" + GOOD);
        assertThat(data.examples())
                .containsExactly(
                        new TrainingExample(
                                "x", List.of(Message.user(" a\nb"), Message.assistant(" c ")), Set.of(1), 2),
                        new TrainingExample(
                                "a.jsonl:4", List.of(Message.user("p"), Message.assistant("c")), Set.of(1), 4));
        assertThat(data.brokenCount()).isZero();
    }

    @Test
    void promptCompletion_listsOfMessages_areRead() {
        TrainingData data = read(
                "a.jsonl",
                "{\"prompt\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"q\"},"
                        + "{\"role\":\"assistant\",\"content\":\"old\"},{\"role\":\"user\",\"content\":\"r\"}],"
                        + "\"completion\":[{\"role\":\"assistant\",\"content\":\"new\"}]}");
        assertThat(data.examples().get(0).messages())
                .containsExactly(
                        Message.system("s"),
                        Message.user("q"),
                        Message.assistant("old"),
                        Message.user("r"),
                        Message.assistant("new"));
        assertThat(data.examples().get(0).supervised()).containsExactly(4);
    }

    @Test
    void otherPairs_areFoundByTheirKeys() {
        for (List<String> pair : List.of(
                List.of("prompt", "response"),
                List.of("question", "answer"),
                List.of("input", "output"),
                List.of("input", "label"),
                List.of("text", "label"))) {
            TrainingData data =
                    read("a.jsonl", "{\"" + pair.get(0) + "\":\"a\",\"" + pair.get(1) + "\":7,\"more\":[]}");
            assertThat(data.toExamples()).as(pair.toString()).containsExactly(new Example("a.jsonl:1", "a", "7"));
        }
    }

    @Test
    void namedFields_winOverDetection() {
        String text = "{\"prompt\":\"p\",\"completion\":\"c\",\"frage\":\"f\",\"antwort\":\"a\"}";
        TrainingData data =
                TrainingData.read(write("a.jsonl", text), TrainingFormat.promptCompletion("frage", "antwort"));
        assertThat(data.toExamples()).containsExactly(new Example("a.jsonl:1", "f", "a"));
    }

    @Test
    void alpaca_array_isReadAsWhatAUserWouldWrite() {
        String array = """
                [
                 {"instruction":"Add.","input":"1 2","output":"3"},
                 {"instruction":"Greet, [\\"x\\"].","input":"","output":"Hello", "system":"Be kind."}
                ]
                """;
        TrainingData data = read("a.json", "\uFEFF " + array);
        assertThat(data.examples().get(0).messages())
                .containsExactly(Message.user("Add.\n\n1 2"), Message.assistant("3"));
        assertThat(data.examples().get(1).messages())
                .containsExactly(
                        Message.system("Be kind."), Message.user("Greet, [\"x\"]."), Message.assistant("Hello"));
        assertThat(data.examples()).extracting(TrainingExample::line).containsExactly(2L, 3L);
    }

    @Test
    void shareGpt_rolesOfItsTools_areRead() {
        TrainingData data = read(
                "a.json",
                "[{\"id\":7,\"conversations\":[{\"from\":\"system\",\"value\":\"s\"},{\"from\":\"human\",\"value\":\"q\"},"
                        + "{\"from\":\"gpt\",\"value\":\"a\"},{\"from\":\"user\",\"value\":\"r\"},"
                        + "{\"from\":\"assistant\",\"value\":\"b\"}]}]");
        TrainingExample example = data.examples().get(0);
        assertThat(example.id()).isEqualTo("7");
        assertThat(example.messages())
                .containsExactly(
                        Message.system("s"),
                        Message.user("q"),
                        Message.assistant("a"),
                        Message.user("r"),
                        Message.assistant("b"));
        assertThat(example.supervised()).containsExactly(2, 4);
        assertThat(example.completion()).isEqualTo("b");
    }

    @Test
    void chat_partsAndWeights_areRead() {
        TrainingData data = read(
                "a.jsonl",
                "{\"messages\":[{\"role\":\"developer\",\"content\":\"s\"},"
                        + "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]},"
                        + "{\"role\":\"assistant\",\"content\":\"bad\",\"weight\":0},{\"role\":\"user\",\"content\":\"again\"},"
                        + "{\"role\":\"assistant\",\"content\":\"good\",\"weight\":1},{\"role\":\"user\",\"content\":\"more\"},"
                        + "{\"role\":\"assistant\",\"content\":\"unlearned\",\"weight\":0}]}");
        TrainingExample example = data.examples().get(0);
        assertThat(example.messages())
                .containsExactly(
                        Message.system("s"),
                        Message.user("ab"),
                        Message.assistant("bad"),
                        Message.user("again"),
                        Message.assistant("good"));
        assertThat(example.supervised()).containsExactly(4);
    }

    @Test
    void csv_columnsInAnyCase_areRead() {
        TrainingData data = read("a.csv", "Id, Prompt ,COMPLETION\r\n1,\"a, \"\"b\"\"\r\nc\",x\r\n\r\n2,d,y\r\n");
        assertThat(data.toExamples()).containsExactly(new Example("1", "a, \"b\"\nc", "x"), new Example("2", "d", "y"));
        assertThat(data.examples()).extracting(TrainingExample::line).containsExactly(2L, 5L);
        assertThat(read("a.tsv", "input\tlabel\na, b\tc\n").toExamples())
                .containsExactly(new Example("a.tsv:2", "a, b", "c"));
        TrainingFormat named = TrainingFormat.promptCompletion("TEXT", "Category");
        assertThat(TrainingData.read(write("b.csv", "text,category\na,b\n"), named)
                        .toExamples())
                .containsExactly(new Example("b.csv:2", "a", "b"));
    }

    @Test
    void csv_alpacaColumns_areRead() {
        TrainingData data = read("a.csv", "instruction,input,output\nAdd.,1 2,3\n");
        assertThat(data.examples().get(0).prompt().get(0).content()).isEqualTo("Add.\n\n1 2");
    }

    @Test
    void brokenLines_areReportedWithNumbersAndReasons_andTheRestIsRead() {
        TrainingData data = read(
                "a.jsonl",
                "nonsense\n" + GOOD + "{\"prompt\":\"p\"}\n{\"prompt\":\"p\",\"completion\":\"\"}\n\n[1]\n"
                        + "{\"prompt\":\"p\",\"completion\":{}}\n{\"prompt\":\"a\",\"prompt\":\"b\",\"completion\":\"c\"}\n"
                        + "{\"prompt\":\"\\ud800\",\"completion\":\"c\"}\n{\"prompt\":1e1,\"completion\":\"c\"} x\n"
                        + GOOD);
        assertThat(data.examples()).extracting(TrainingExample::line).containsExactly(2L, 11L);
        assertThat(data.broken()).extracting(BrokenLine::line).containsExactly(1L, 3L, 4L, 6L, 7L, 8L, 9L, 10L);
        assertThat(data.broken())
                .extracting(BrokenLine::reason)
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("not JSON"),
                        reason -> assertThat(reason).contains("'completion' is missing, found [prompt]"),
                        reason -> assertThat(reason).contains("'completion' is blank"),
                        reason -> assertThat(reason).contains("expected a JSON object, got an array"),
                        reason -> assertThat(reason).contains("'completion': expected a text, got an object"),
                        reason -> assertThat(reason).contains("'prompt' stands twice"),
                        reason -> assertThat(reason).contains("half of a surrogate pair"),
                        reason -> assertThat(reason).contains("not JSON"));
        assertThat(data.brokenCount()).isEqualTo(8);
    }

    @Test
    void brokenConversations_sayWhy() {
        refusesOnly("{\"messages\":[]}", "no message of the assistant");
        refusesOnly("{\"messages\":{}}", "'messages': expected a list, got an object");
        refusesOnly("{\"messages\":[1]}", "'messages[0]': expected an object, got 1");
        refusesOnly(chat("user", "a"), "no message of the assistant");
        refusesOnly(chat("assistant", "a"), "expected a prompt and an answer");
        refusesOnly(chat("user", "q", "assistant", "a", "user", "r"), "the last message must be the assistant's");
        refusesOnly(chat("user", "q", "system", "s", "assistant", "a"), "only the first may be");
        refusesOnly(chat("user", " ", "assistant", "a"), "message 1 (user) is blank");
        refusesOnly(chat("user", "q", "robot", "a"), "'messages[1].role'", "got 'robot'");
        refusesOnly(
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]},"
                        + "{\"role\":\"assistant\",\"content\":\"a\"}]}",
                "'messages[0].content[0].type'",
                "image_url");
        refusesOnly(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                        + "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"w\"}}]}]}",
                "'messages[1].tool_calls'[0]: 'arguments' is missing");
        refusesOnly(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                        + "{\"role\":\"assistant\",\"content\":\"a\",\"weight\":0}]}",
                "no message of the assistant to learn");
        refusesOnly(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},"
                        + "{\"role\":\"assistant\",\"content\":\"a\",\"weight\":0.5}]}",
                "'messages[1].weight': expected true or false, 0 or 1 (no weight between them), got 0.5");
        refusesOnly("{\"messages\":[{\"role\":\"user\",\"content\":null}]}", "expected a text, got null");
        refusesOnly("{\"conversations\":[{\"from\":\"alien\",\"value\":\"x\"}]}", "got 'alien'");
        refusesOnly(
                "{\"instruction\":\"i\",\"output\":\"o\",\"history\":[[\"a\"]]}",
                "'history': expected a list of pairs");
        refusesOnly(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}],"
                        + "\"history\":[[\"a\",\"b\"]]}",
                "'history' is not read here");
        refusesOnly("{\"instruction\":\" \",\"output\":\"o\"}", "'instruction' is blank");
        refusesOnly("{\"what\":1}", "unknown keys [what]", "conversations (ShareGPT)");
        refusesOnly(
                "{\"prompt\":\"p\",\"completion\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                "a message of the role user");
        refusesOnly("{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}", "not JSON");
    }

    @Test
    void csvTroubles_areReportedAndPassed() {
        TrainingData data = read("a.csv", "prompt,completion\na,b,c\n\"x\"y,z\n\"open,1\nd,e\nf,\"g\"\n,h\n");
        assertThat(data.toExamples())
                .extracting(Example::input, Example::output)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("d", "e"), org.assertj.core.groups.Tuple.tuple("f", "g"));
        assertThat(data.broken()).extracting(BrokenLine::line).containsExactly(2L, 3L, 4L, 7L);
    }

    @Test
    void array_brokenElements_areReportedAndPassed() {
        TrainingData data = read(
                "a.json",
                "[" + GOOD + ", {\"prompt\":\"p\" \"completion\"}, 5,\n" + GOOD
                        + ",{\"prompt\":\"p\",\"completion\":\"c");
        assertThat(data.examples()).extracting(TrainingExample::id).containsExactly("a.json:1", "a.json:3");
        assertThat(data.broken()).extracting(BrokenLine::line).containsExactly(2L, 2L, 4L);
        assertThat(read("b.json", "[" + GOOD + "] x").broken()).hasSize(1);
        assertThat(read("c.json", "[" + GOOD + ",]").broken()).hasSize(1);
    }

    @Test
    void array_onOneLine_givesDifferentIds() {
        String one = GOOD.strip();
        assertThat(read("a.json", "[" + one + "," + one + "," + one + "]").examples())
                .extracting(TrainingExample::id)
                .containsExactly("a.json:1", "a.json:1#2", "a.json:1#3");
    }

    @Test
    void json_withoutBracket_isReadAsLines() {
        assertThat(read("a.json", GOOD + GOOD).examples()).hasSize(2);
    }

    @Test
    void jsonLines_markAndCarriageReturns_areAside() {
        String line = GOOD.strip() + "\r\n";
        TrainingData data = read("a.jsonl", "\uFEFF" + line + "\r\n" + line);
        assertThat(data.examples()).extracting(TrainingExample::line).containsExactly(1L, 3L);
        assertThat(data.examples()).allMatch(example -> example.completion().equals("c"));
        assertThat(data.brokenCount()).isZero();
    }

    @Test
    void nesting_deep_isReportedAndPassed() {
        int depth = 1_000_000;
        for (String open : List.of("[", "{\"a\":")) {
            String deep = "{\"prompt\":" + open.repeat(depth) + "\n";
            TrainingData lines = read("a.jsonl", deep + GOOD);
            assertThat(lines.broken()).extracting(BrokenLine::line).containsExactly(1L);
            assertThat(lines.examples()).hasSize(1);
            String balanced = "{\"prompt\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
            TrainingData array = read("a.json", "[" + balanced + ",\n" + GOOD + "]");
            assertThat(array.broken()).extracting(BrokenLine::line).containsExactly(1L);
            assertThat(array.examples()).hasSize(1);
        }
    }

    @Test
    void ids_twiceOrLong_giveWayToThePlace() {
        String record = "{\"id\":\"x\",\"prompt\":\"p\",\"completion\":\"c\"}\n";
        TrainingData data = read("a.jsonl", record + record + record.replace("\"x\"", "\"" + "y".repeat(1000) + "\""));
        assertThat(data.examples()).extracting(TrainingExample::id).containsExactly("x", "a.jsonl:2", "a.jsonl:3");
    }

    @Test
    void file_notUtf8_losesOnlyThatLine() throws IOException {
        Path file = folder.resolve("a.jsonl");
        byte[] text =
                (GOOD + "{\"prompt\":\"\u00e9\",\"completion\":\"c\"}\n" + GOOD).getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, text);
        TrainingData data = TrainingData.read(file);
        assertThat(data.examples()).hasSize(2);
        assertThat(data.broken().get(0).toString()).startsWith("line 2: not UTF-8, got byte 0xE9");
    }

    @Test
    void line_tooLong_isReportedAndPassed() {
        String huge = "{\"prompt\":\"" + "x".repeat(5 << 20) + "\",\"completion\":\"c\"}\n";
        TrainingData lines = read("a.jsonl", huge + GOOD);
        assertThat(lines.broken().get(0).reason()).contains("longer than 4194304 bytes");
        assertThat(lines.examples()).extracting(TrainingExample::line).containsExactly(2L);
        TrainingData array = read("a.json", "[" + huge + "," + GOOD + "]");
        assertThat(array.broken().get(0).reason()).contains("longer than 4194304 bytes");
        assertThat(array.examples()).hasSize(1);
        TrainingData csv = read("a.csv", "prompt,completion\n\"" + "x\n".repeat(3 << 20) + "\nlast,c\n");
        assertThat(csv.broken().get(0).line()).isEqualTo(2);
        assertThat(csv.broken().get(0).reason()).contains("not closed within");
        assertThat(csv.toExamples()).extracting(Example::input).containsExactly("last");
    }

    @Test
    void brokenLines_many_areCountedAndTheFirstKept() {
        TrainingData data = read("a.jsonl", "x\n".repeat(1000) + GOOD);
        assertThat(data.brokenCount()).isEqualTo(1000);
        assertThat(data.broken()).hasSize(TrainingData.MAX_BROKEN);
    }

    @Test
    void file_unusable_isRefused() throws IOException {
        refuses("a.jsonl", "", "holds no records");
        refuses("a.json", "[]", "holds no records");
        refuses("a.csv", "prompt,completion\n", "holds no records");
        refuses("a.jsonl", "x\ny\n", "none of its 2 records", "line 1: not JSON");
        refuses("a.csv", "a,b\n1,2\n", "unknown columns, found columns [a, b]");
        refuses("a.csv", "prompt,Prompt\n1,2\n", "two columns are called 'Prompt'");
        refuses("a.csv", "messages,b\n1,2\n", "unknown columns");
        refuses("a.csv", "\"prompt\n1,2\n", "the header cannot be read");
        refuses("a.txt", GOOD, "unknown ending");
        assertThatThrownBy(() -> TrainingData.read(write("a.csv", "a,b\n"), TrainingFormat.chat()))
                .hasMessageContaining("needs JSON");
        assertThatThrownBy(() -> TrainingData.read(write("a.csv", "a,b\n"), TrainingFormat.alpaca()))
                .hasMessageContaining("expected the columns [instruction, output]");
        assertThatThrownBy(() -> TrainingData.read(folder.resolve("no.csv")))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> TrainingData.read(folder)).hasMessageContaining("got a folder");
        Path utf16 = Files.write(
                folder.resolve("u.csv"), "\uFEFFprompt,completion\na,b\n".getBytes(StandardCharsets.UTF_16LE));
        assertThat(TrainingData.read(utf16).examples()).hasSize(1);
    }

    @Test
    void format_wrongFields_areRefused() {
        assertThatThrownBy(() -> TrainingFormat.promptCompletion("", "b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TrainingFormat.promptCompletion("b", "b")).hasMessageContaining("both are 'b'");
        assertThatThrownBy(() -> new TrainingFormat(TrainingFormat.Form.CHAT, "a", ""))
                .hasMessageContaining("has no field names");
    }

    @Test
    void example_withoutLearnedAnswer_isRefused() {
        List<Message> messages = List.of(Message.user("a"), Message.assistant("b"));
        assertThatThrownBy(() -> new TrainingExample("x", messages, Set.of(), 0))
                .hasMessageContaining("supervised");
        assertThatThrownBy(() -> new TrainingExample("x", messages, Set.of(0, 1), 0))
                .hasMessageContaining("[0, 1]");
        assertThatThrownBy(() -> new TrainingExample("", messages, Set.of(1), 0))
                .hasMessageContaining("id");
        assertThat(TrainingExample.of("x", messages).toString()).isEqualTo("'x'");
    }

    @Test
    void toExamples_conversation_isRefused() {
        TrainingData data = read("a.jsonl", chat("system", "s", "user", "q", "assistant", "a"));
        assertThatThrownBy(data::toExamples)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[system, user]");
    }

    @Test
    void contentHash_dependsOnContentAndOrderAlone() {
        Example a = new Example("1", "a", "b");
        TrainingData one = TrainingData.ofExamples("x", List.of(a, new Example("2", "c", "d")));
        assertThat(one.contentHash())
                .hasSize(64)
                .isEqualTo(TrainingData.ofExamples("y", List.of(new Example("9", "a", "b"), new Example("8", "c", "d")))
                        .contentHash())
                .isNotEqualTo(TrainingData.ofExamples("x", List.of(new Example("2", "c", "d"), a))
                        .contentHash())
                .isNotEqualTo(TrainingData.ofExamples("x", List.of(a, new Example("2", "cd", "d")))
                        .contentHash());
        List<Message> turns =
                List.of(Message.user("a"), Message.assistant("b"), Message.user("c"), Message.assistant("d"));
        assertThat(TrainingData.of("x", List.of(TrainingExample.of("1", turns))).contentHash())
                .isNotEqualTo(TrainingData.of("x", List.of(new TrainingExample("1", turns, Set.of(3), 0)))
                        .contentHash());
        // A recorded value: the hash names data in reports and must not change by accident.
        assertThat(TrainingData.ofExamples("x", List.of(a)).contentHash())
                .isEqualTo("bfcb122cdc0671d299b40e8c4b21ac8e092f66e6834d08d61213508d43a98b6f");
    }

    @Test
    void split_nearDuplicates_stayTogether_andAnswersKeepTheirShare() {
        List<Example> examples = new ArrayList<>();
        String words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen ";
        for (int i = 0; i < 400; i++) {
            String text = "case " + i / 2 + " number " + i / 2 * 31 + " is " + i / 2 * 77 + " about " + i / 2 * 13 + " "
                    + (i / 2) * 57 + " things and " + i / 2 * 91 + " others " + i / 2 * 17 + " here "
                    + (i % 2 == 0 ? "" : ", Really");
            examples.add(new Example("" + i, i < 10 ? words + (i < 5 ? "x" : "y") : text, i % 4 < 2 ? "yes" : "no"));
        }
        TrainingData data = TrainingData.ofExamples("x", examples);
        TrainingData.Split split = data.split(0.25, 7);
        assertThat(split.train().examples().size() + split.heldOut().examples().size())
                .isEqualTo(400);
        Set<Integer> held = new HashSet<>();
        split.heldOut().examples().forEach(example -> held.add(Integer.parseInt(example.id())));
        for (int i = 10; i < 400; i += 2) {
            assertThat(held.contains(i)).as("pair " + i).isEqualTo(held.contains(i + 1));
        }
        for (int i = 1; i < 10; i++) {
            assertThat(held.contains(i)).isEqualTo(held.contains(0));
        }
        long yes = split.heldOut().examples().stream()
                .filter(example -> example.completion().equals("yes"))
                .count();
        assertThat(yes).isBetween(45L, 60L);
        assertThat(held).hasSizeBetween(90, 115);
        assertThat(Curation.defaults()
                        .apply(split.train(), split.heldOut())
                        .report()
                        .count(CurationReport.Reason.LEAKED))
                .isZero();
        assertThat(data.split(0.25, 7)).isEqualTo(split);
        assertThat(data.split(0.25, 8)).isNotEqualTo(split);
    }

    @Test
    void split_freeAnswers_holdsTheShareOut() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            examples.add(new Example("" + i, "question " + i * 7919, "answer " + i));
        }
        TrainingData.Split split = TrainingData.ofExamples("x", examples).split(0.1, 1);
        assertThat(split.heldOut().examples()).hasSize(10);
        assertThat(split.train().examples())
                .isSortedAccordingTo(java.util.Comparator.comparingInt(e -> Integer.parseInt(e.id())));
    }

    @Test
    void split_impossible_isRefused() {
        TrainingData one =
                TrainingData.ofExamples("x", List.of(new Example("1", "a", "b"), new Example("2", "A!", "c")));
        assertThatThrownBy(() -> one.split(0.5, 1)).hasMessageContaining("too few or too much alike");
        assertThatThrownBy(() -> one.split(1, 1)).hasMessageContaining("heldOutShare: 1.0");
    }

    private static String chat(String... rolesAndTexts) {
        StringBuilder text = new StringBuilder("{\"messages\":[");
        for (int i = 0; i < rolesAndTexts.length; i += 2) {
            text.append(i == 0 ? "" : ",")
                    .append("{\"role\":\"" + rolesAndTexts[i] + "\",\"content\":\"" + rolesAndTexts[i + 1] + "\"}");
        }
        return text + "]}";
    }

    private void refusesOnly(String record, String... parts) {
        refuses("a.jsonl", record + "\n", parts);
    }

    private void refuses(String name, String text, String... parts) {
        assertThatThrownBy(() -> read(name, text))
                .as(text.substring(0, Math.min(text.length(), 200)))
                .isInstanceOf(TrainingDataException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n")
                .startsWith(folder.resolve(name).toString());
    }

    private TrainingData read(String name, String text) {
        return TrainingData.read(write(name, text));
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
