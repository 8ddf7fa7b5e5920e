package dev.llmadapt.pilot.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Passage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFilesTest {
    private static final TaskFileOptions DEFAULTS = TaskFileOptions.defaults();

    @TempDir
    Path folder;

    @Test
    void columns_takenByTheirNames_areTold() throws IOException {
        Path survey = Files.writeString(
                folder.resolve("survey.csv"),
                "name,question,comment,answer\nann,a,x,yes\nbob,b,y,no\ncid,c,z,yes\ndan,d,x,no\n");
        assertThat(TaskFiles.read(survey, TaskFileOptions.defaults()).notes())
                .contains(
                        "survey.csv: 'question' is taken as the text and 'answer' as the label; not read: [name, comment]");
        assertThat(TaskFiles.read(
                                survey,
                                TaskFileOptions.defaults()
                                        .withTextColumn("question")
                                        .withLabelColumn("answer"))
                        .notes())
                .isEmpty();
    }

    private static String chat(String system, String question, String answer) {
        String before = system.isEmpty() ? "" : "{\"role\":\"system\",\"content\":\"" + system + "\"},";
        String after = answer.isEmpty() ? "" : ",{\"role\":\"assistant\",\"content\":\"" + answer + "\"}";
        return "{\"messages\":[" + before + "{\"role\":\"user\",\"content\":\"" + question + "\"}" + after + "]}\n";
    }

    @Test
    void conversations_ofOneQuestion_areExamplesWithTheSystemMessageAsInstruction() {
        write("train.jsonl", chat("Be kind.", "where is my card?", "On its way.") + chat("Be kind.", "hello", "Hi!"));
        write("test.jsonl", chat("Be kind.", "my card?", "It is coming."));
        write("task.json", "{\"name\": \"home\", \"answer\": \"text\"}");
        TaskSplit split = TaskFiles.read(folder, DEFAULTS);

        assertThat(split.task().instruction()).isEqualTo("Be kind.");
        assertThat(split.task().examples()).extracting(Example::input).containsExactly("where is my card?", "hello");
        assertThat(split.test()).extracting(Example::output).containsExactly("It is coming.");
        assertThat(split.notes()).isEmpty();
        write("task.json", "{\"name\": \"home\", \"answer\": \"text\", \"instruction\": \"Be brief.\"}");
        TaskSplit other = TaskFiles.read(folder, DEFAULTS);
        assertThat(other.task().instruction()).isEqualTo("Be brief.");
        assertThat(other.notes()).singleElement().asString().contains("the system message");
    }

    @Test
    void conversations_asTextsAlone_needNoAnswer() {
        Path file = write("new.jsonl", chat("", "one", "") + chat("", "two", "2"));

        assertThat(TaskFiles.readTexts(file)).containsExactly("one", "two");
        TextRows rows = TextRows.read(file, "");
        assertThat(rows.columns()).containsExactly("text", "answer");
        assertThat(rows.rows()).containsExactly(List.of("one", ""), List.of("two", "2"));
    }

    @Test
    void conversations_thatAreNoExamples_areRefusedByLine() {
        write("task.json", "{\"name\": \"home\", \"answer\": \"text\"}");
        write("test.jsonl", chat("Be kind.", "my card?", "It is coming."));
        String good = chat("Be kind.", "hello", "Hi!");
        refuses(good + chat("Be brief.", "a", "b"), "line 2", "another system message than in line 1");
        refuses(good + chat("Be kind.", "a", ""), "line 2", "'answer' is empty");
        refuses(good.replace("\"user\"", "\"assistant\""), "line 1", "[system, assistant, assistant]", "train --data");
        refuses(good.replace("\"Hi!\"", "null"), "line 1", "no content");
        refuses(good.replace("\"Hi!\"", "\"Hi!\",\"weight\":0"), "line 1", "weight 0");
        refuses(good.replace("\"Hi!\"", "\"\",\"tool_calls\":[{}]"), "line 1", "tool_calls");
        refuses(good.replace("]}", "],\"tools\":[{}]}"), "line 1", "'tools'");
        refuses(good.replace("\"Hi!\"", "[{\"type\":\"image_url\"}]"), "line 1", "no text");
        refuses(good.replace("]}", "],\"text\":\"x\"}"), "'messages' or [text]");
        refuses("{\"id\":7}\n" + good, "line 1", "has no 'messages'");
        refuses(good + "{\"id\":7}\n", "line 2", "has no 'messages'");
        refuses(chat("Be brief.", "a", "b"), "another system message than in train.jsonl");
        refuses(chat("", "a", "b"), "another system message than in train.jsonl");
        write("test.jsonl", chat("", "my card?", "It is coming."));
        refuses(chat("", "a", "b"), "task.json", "'instruction' is missing");
    }

    private void refuses(String train, String... parts) {
        write("train.jsonl", train);
        assertThatThrownBy(() -> TaskFiles.read(folder, DEFAULTS))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void csv_usualColumns_isSplitAndShownAsWords() {
        Path file = write("my.csv", "Query,noise,INTENT\n" + rows(10, "card_arrival") + rows(10, "lost_card"));
        TaskSplit split = TaskFiles.read(file, DEFAULTS);
        assertThat(split.task().name()).isEqualTo("my.csv");
        assertThat(split.task().labels()).containsExactly("card arrival", "lost card");
        assertThat(split.test()).hasSize(6);
        assertThat(split.task().examples()).hasSize(14);
        assertThat(split.task().examples().get(0).id()).startsWith("my.csv:");
        assertThat(TaskFiles.read(file, DEFAULTS)).isEqualTo(split);
    }

    @Test
    void texts_withoutLabels_areAColumnOrLines() {
        assertThat(TaskFiles.readTexts(write("a.csv", "id,Query,noise\n1,one,-\n2,\"two, three\",-\n")))
                .containsExactly("one", "two, three");
        assertThat(TaskFiles.readTexts(write("a.jsonl", "{\"said\":\"one\"}\n{\"said\":\"two\"}\n")))
                .containsExactly("one", "two");
        assertThat(TaskFiles.readTexts(write("a.txt", "one, two\n\n three\n"))).containsExactly("one, two", " three");
        assertThatThrownBy(() -> TaskFiles.readTexts(write("b.csv", "a,b\n1,2\n")))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("no text column, found columns [a, b], expected one of [text, query,");
        assertThatThrownBy(() -> TaskFiles.readTexts(folder.resolve("none.txt")))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void csv_rawLabels_stayAsTheyAre() {
        Path file = write("my.csv", "query,noise,intent\n" + rows(5, "card_arrival") + rows(5, "lost_card"));
        TaskFileOptions raw = DEFAULTS.withLabels(TaskFileOptions.LabelStyle.AS_IS);
        assertThat(TaskFiles.read(file, raw).task().labels()).containsExactly("card_arrival", "lost_card");
        assertThat(TaskFiles.read(file, raw).fileLabels()).isEmpty();
    }

    @Test
    void csv_rewordedLabels_areKnownAsTheFileHasThem() {
        Path file = write("my.csv", """
                query,intent
                a 1,card_arrival
                a 2,card_arrival
                b 1,lost_card
                b 2,lost_card
                c 1,other
                c 2,other
                """);
        assertThat(TaskFiles.read(file, DEFAULTS).fileLabels())
                .isEqualTo(java.util.Map.of("card arrival", "card_arrival", "lost card", "lost_card"));
        TaskFileOptions named = DEFAULTS.withLabelNames(java.util.Map.of("card_arrival", "where is it"));
        assertThat(TaskFiles.read(file, named).fileLabels())
                .as("a name that was asked for stays")
                .isEqualTo(java.util.Map.of("lost card", "lost_card"));
    }

    @Test
    void csv_aLabelOnce_isNamedAsUntested() {
        Path file = write("my.csv", "query,noise,intent\n" + rows(5, "a") + rows(5, "b") + "once,-,rare\n");
        assertThat(TaskFiles.read(file, DEFAULTS).notes())
                .anyMatch(note -> note.startsWith("no test example has the label rare:"));
    }

    @Test
    void csv_namedColumns_areUsed() {
        Path file = write("my.csv", "text,other,label,kind\nq,one,z,a\nq,two,z,a\nq,three,z,b\nq,four,z,b\n");
        TaskSplit split = TaskFiles.read(
                file, DEFAULTS.withTextColumn("OTHER").withLabelColumn("kind").withInstruction("Which?"));
        assertThat(split.task().labels()).containsExactly("a", "b");
        assertThat(split.task().instruction()).isEqualTo("Which?");
        assertThat(split.test()).extracting(Example::input).doesNotContain("q");
    }

    @Test
    void folder_labelFirst_codesGetTheirNames() {
        write("stsa.binary.train", "1 fine\n0 dull\n");
        write("stsa.binary.dev", "1 not used\n");
        write("stsa.binary.test", "0 very dull\n");
        TaskSplit plain = TaskFiles.read(folder, DEFAULTS);
        assertThat(plain.task().labels()).containsExactly("0", "1");
        assertThat(plain.notes()).singleElement().asString().contains("--label-names 0=NAME");
        TaskSplit named =
                TaskFiles.read(folder, DEFAULTS.withLabelNames(java.util.Map.of("0", "negative", "1", "positive")));
        assertThat(named.task().labels()).containsExactly("negative", "positive");
        assertThat(named.task().examples()).extracting(Example::output).containsExactly("positive", "negative");
        assertThat(named.test()).extracting(Example::output).containsExactly("negative");
        assertThat(named.notes()).isEmpty();
        refuses(folder, DEFAULTS.withLabelNames(java.util.Map.of("2", "x")), "the labels [2], expected some of [0, 1]");
        refuses(folder, DEFAULTS.withLabelNames(java.util.Map.of("0", "1")), "different names");
        write("other.train", "1 fine\n0 dull\n");
        refuses(folder, DEFAULTS, "expected one train file", "other.train");
    }

    @Test
    void folder_schema_answersAreJsonOfOneForm() {
        write(
                "task.json",
                "{\"name\": \"n\", \"instruction\": \"Extract.\", \"schema\": {\"type\": \"object\","
                        + " \"properties\": {\"who\": {\"type\": [\"string\", \"null\"]}, \"sum\": {\"type\": \"number\"}}}}");
        write("train.jsonl", "{\"text\": \"a\", \"answer\": {\"sum\":1}}\n");
        write("test.csv", "text,answer\nb,\"{\"\"who\"\":\"\"Ann\"\",\"\"sum\"\":2}\"\n");
        TaskSplit split = TaskFiles.read(folder, DEFAULTS);
        assertThat(split.task().examples()).extracting(Example::output).containsExactly("{\"who\": null, \"sum\": 1}");
        assertThat(split.test()).extracting(Example::output).containsExactly("{\"who\": \"Ann\", \"sum\": 2}");
        assertThat(split.task().metric()).isEqualTo(new FieldOverlap());
        assertThat(split.task().request("x").constraint())
                .isEqualTo(OutputConstraint.json(split.task().schema().orElseThrow()));
        write("test.csv", "text,answer\nb,{}\n");
        refuses(folder, DEFAULTS, "test.csv", "'test.csv:2'", "does not fit the schema", "answer.sum must be number");
    }

    @Test
    void folder_freeText_isJudgedByTheMetricThatIsNamed() {
        write("task.json", "{\"name\": \"n\", \"instruction\": \"Say.\", \"answer\": \"text\"}");
        write("train.csv", "text,answer\na,one\n");
        write("test.csv", "text,answer\nb,\"" + "two ".repeat(100) + "\"\n");
        assertThat(TaskFiles.read(folder, DEFAULTS).task().metric()).isEqualTo(new WordOverlap());
        assertThat(TaskFiles.read(folder, DEFAULTS).task().labels()).isEmpty();
        write(
                "task.json",
                "{\"name\": \"n\", \"instruction\": \"Say.\", \"answer\": \"text\", \"metric\": \"accuracy\"}");
        assertThat(TaskFiles.read(folder, DEFAULTS).task().metric().name()).isEqualTo("accuracy");
        write("task.json", "{\"name\": \"n\", \"instruction\": \"Say.\", \"answer\": \"text\", \"metric\": \"bleu\"}");
        refuses(
                folder,
                DEFAULTS,
                "'metric' must be one of [accuracy, word F1, field F1, rouge-1, rouge-2, rouge-l, chrf, embedding similarity], got"
                        + " 'bleu'");
        write(
                "task.json",
                "{\"name\": \"n\", \"instruction\": \"Say.\", \"answer\": \"text\", \"labels\": [\"a\", \"b\"]}");
        refuses(folder, DEFAULTS, "task.json", "an answer is one of");
    }

    @Test
    void csv_missingColumn_namesThoseFound() {
        Path file = write("my.csv", "text,kind\na,b\nc,d\n");
        refuses(file, DEFAULTS, "my.csv", "no label column", "found columns [text, kind]", "--label-column");
        refuses(file, DEFAULTS.withLabelColumn("typ"), "no column 'typ'", "found columns [text, kind]");
        refuses(write("bars.csv", "text|label\na|b\n"), DEFAULTS, "no text column");
        refuses(file, DEFAULTS.withLabelColumn("text"), "text and label must be two columns");
    }

    @Test
    void csv_oneClassOnly_isRefused() {
        refuses(write("my.csv", "text,label\na,x\nb,x\n"), DEFAULTS, "my.csv", "the same label [x]");
    }

    @Test
    void csv_emptyFileCellOrNoSuchFile_isRefused() {
        refuses(write("my.csv", ""), DEFAULTS, "the file is empty");
        refuses(write("my.csv", "text,label\na,x\n,y\n"), DEFAULTS, "line 3", "'text' is empty");
        refuses(write("my.csv", "text,label\na,x\nb, \n"), DEFAULTS, "line 3", "'label' is empty");
        refuses(folder.resolve("none.csv"), DEFAULTS, "no such file or folder");
    }

    @Test
    void csv_absurdLabels_pointToTheColumn() {
        StringBuilder many = new StringBuilder("text,label\n");
        for (int i = 0; i < 1_001; i++) {
            many.append("t").append(i).append(",l").append(i).append('\n');
        }
        refuses(write("my.csv", many.toString()), DEFAULTS, "1001 different labels", "--label-column");
        refuses(write("my.csv", "text,label\na," + "x".repeat(201) + "\n"), DEFAULTS, "line 2", "201 characters");
    }

    @Test
    void csv_everyLabelOnce_cannotBeSplit() {
        refuses(write("my.csv", "text,label\na,x\nb,y\n"), DEFAULTS, "none can be kept for testing");
    }

    @Test
    void csv_sameIdTwice_isRefused() {
        refuses(write("my.csv", "id,text,label\n1,a,x\n1,b,y\n"), DEFAULTS, "line 3", "the id '1' stands twice");
    }

    @Test
    void jsonLines_brokenLine_isNamed() {
        refuses(
                write("my.jsonl", "{\"text\":\"a\",\"label\":\"x\"}\n{oops\n"),
                DEFAULTS,
                "my.jsonl, line 2",
                "not JSON");
    }

    @Test
    void folder_withoutTaskJson_readsTrainAndTest() {
        write("train.csv", "text,category\na,x_y\nb,z\n");
        write("test.jsonl", "{\"text\":\"c\",\"category\":\"z\"}\n");
        TaskSplit split = TaskFiles.read(folder, DEFAULTS);
        assertThat(split.task().examples()).extracting(Example::output).containsExactly("x y", "z");
        assertThat(split.test()).containsExactly(new Example("test.jsonl:1", "c", "z"));
        assertThat(split.notes()).isEmpty();
    }

    @Test
    void folder_withTaskJson_takesItsWordsAndItsCorpus() {
        write("task.json", "{\"name\":\"N\",\"instruction\":\"I\",\"labels\":[\"z\",\"x_y\"],\"color\":1}");
        write("train.csv", "id,text,label,language\n1,a,x_y,en\n2,b,z,en\n");
        write("test.csv", "id,text,label,language\n3,c,z,en\n");
        write("articles.jsonl", "{\"id\":\"a1\",\"title\":\"T\",\"text\":\"words\"}\n");
        TaskSplit split = TaskFiles.read(folder, DEFAULTS);
        assertThat(split.task().name()).isEqualTo("N");
        assertThat(split.task().instruction()).isEqualTo("I");
        assertThat(split.task().labels()).containsExactly("z", "x_y");
        assertThat(split.task().corpus()).containsExactly(new Passage("a1", "T", "words", 0));
        assertThat(split.notes())
                .satisfiesExactly(
                        note -> assertThat(note).contains("'text' is taken as the text", "not read: [language]"),
                        note -> assertThat(note).contains("[color]"));
    }

    @Test
    void folder_labelUnknownToTrain_isRefused() {
        write("train.csv", "text,label\na,x\nb,y\n");
        write("test.csv", "id,text,label\nt7,c,z\n");
        refuses(folder, DEFAULTS, "test.csv", "'t7' has the label 'z'", "train.csv does not have", "x, y");
    }

    @Test
    void folder_labelUnknownToTaskJson_isRefused() {
        write("task.json", "{\"name\":\"N\",\"instruction\":\"I\",\"labels\":[\"x\",\"y\"]}");
        write("train.csv", "text,label\na,x\nb,w\n");
        write("test.csv", "text,label\nc,x\n");
        refuses(folder, DEFAULTS, "train.csv", "'w'", "the labels of task.json");
    }

    @Test
    void folder_textsInTrainAndTest_areLeftOutOfTrain() {
        write("train.csv", "text,label\nSame,x\nb,y\nc,x\n");
        write("test.csv", "text,label\nsame ,x\n");
        TaskSplit split = TaskFiles.read(folder, DEFAULTS);
        assertThat(split.task().examples()).extracting(Example::input).containsExactly("b", "c");
        assertThat(split.notes()).singleElement().asString().startsWith("1 of 3 training examples were left out");
    }

    @Test
    void folder_withoutTest_isRefused() {
        write("train.csv", "text,label\na,x\nb,y\n");
        refuses(folder, DEFAULTS, "no test.csv", "found [train.csv]");
    }

    @Test
    void taskJson_broken_isRefused() {
        write("train.csv", "text,label\na,x\nb,y\n");
        write("test.csv", "text,label\nc,x\n");
        write("task.json", "{\"name\": \"N\", ");
        refuses(folder, DEFAULTS, "task.json", "not JSON, near line 1");
        write("task.json", "{\"name\":\"N\",\"Instruction\":\"I\"}");
        refuses(folder, DEFAULTS, "task.json", "unknown key 'Instruction', did you mean 'instruction'?");
        write("task.json", "{\"name\":\"N\",\"anwser\":\"text\",\"instruction\":\"I\"}");
        refuses(folder, DEFAULTS, "task.json", "unknown key 'anwser', did you mean 'answer'?");
        write("task.json", "{\"name\":\"N\",\"prompt\":\"I\"}");
        refuses(folder, DEFAULTS, "task.json", "'instruction' is missing", "not known: [prompt]");
        write("task.json", "{\"name\":\"N\",\"instruction\":\"I\",\"labels\":[\"x\"]}");
        refuses(folder, DEFAULTS, "at least two different texts");
        write("task.json", "{\"name\":\"N\",\"instruction\":\"I\",\"labels\":\"x\"}");
        refuses(folder, DEFAULTS, "must be an array of texts");
        write("task.json", "[]");
        refuses(folder, DEFAULTS, "expected a JSON object");
    }

    @Test
    void banking77_asPublished_isRead() {
        TaskSplit split = TaskFiles.read(sharedData("banking77"), DEFAULTS);
        assertThat(split.task().labels()).hasSize(77).contains("card arrival", "reverted card payment?");
        assertThat(split.test()).hasSize(3_080);
        assertThat(split.task().examples()).hasSizeBetween(9_900, 10_003);
    }

    @Test
    void fewshotSst2_asPublished_isRead() {
        TaskSplit split = TaskFiles.read(
                sharedData("fewshot_sst2"),
                DEFAULTS.withLabelNames(java.util.Map.of("0", "negative", "1", "positive")));
        assertThat(split.task().labels()).containsExactly("negative", "positive");
        assertThat(split.test()).hasSize(1_821);
        assertThat(split.task().examples()).hasSizeBetween(6_800, 6_920);
        assertThat(split.test().get(0))
                .isEqualTo(new Example(
                        "stsa.binary.test:1", "no movement , no yuks , not much of anything .", "negative"));
    }

    static Path sharedData(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared/data").resolve(name);
            if (Files.isDirectory(found)) {
                return found;
            }
        }
        Assumptions.abort("needs shared/data/" + name + " beside the checkout");
        throw new AssertionError();
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String rows(int count, String label) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append(label)
                    .append(" question ")
                    .append(i)
                    .append(",-,")
                    .append(label)
                    .append('\n');
        }
        return rows.toString();
    }

    private static void refuses(Path path, TaskFileOptions options, String... parts) {
        assertThatThrownBy(() -> TaskFiles.read(path, options))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContainingAll(parts)
                .message()
                .doesNotContain("\n");
    }
}
