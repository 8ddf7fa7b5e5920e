package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.Metric;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.pilot.task.TextRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A saved classifier on words, which needs no language model, and a saved strategy that writes free text. */
class AnswerCommandTest extends CommandLineTest {
    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static final Map<String, String> FILE_LABELS = Map.of("tool", "a_tool");
    private static String words = "";
    private static String freeText = "";
    private static String labelled = "";

    @BeforeAll
    static void save() {
        words = save("words", ToyTask.task(), ToyTask.test());
        List<Example> examples = ToyTask.task().examples();
        freeText = save(
                "few-shot(12)",
                new Task("free", "Say it.", List.of(), examples, List.of(), Metric.exactMatch()),
                ToyTask.test());
        labelled = save("few-shot(6)/constrained", ToyTask.task(), ToyTask.test());
    }

    private static String save(String strategy, Task task, List<Example> test) {
        TaskSplit split = new TaskSplit(task, test, List.of())
                .withFileLabels(task.labels().isEmpty() ? Map.of() : FILE_LABELS);
        Path work = shared.resolve("work-" + strategy.replace('/', '-'));
        Path saved = shared.resolve("saved-" + strategy.replace('/', '-'));
        try (Model model = new ToyModel()) {
            PilotReport report = Pilot.of(split)
                    .candidates(StrategyCatalog.parse(strategy, 0))
                    .budget(Duration.ZERO)
                    .folder(work)
                    .run(model)
                    .withSetting("model", "toys/a-toy");
            SavedStrategy.save(report.measured().get(0), report, split, work, saved);
        }
        return saved.toString();
    }

    @Test
    void answer_text_isALabelWithItsProbability() {
        assertThat(run("answer", words, "the dog barks at night")).as(text(err)).isZero();
        assertThat(text(out)).matches("animal \\([0-9.]+%\\)\n");
        String sure = text(out);
        input = " the dog barks at night\n";
        assertThat(run("answer", words)).isZero();
        assertThat(text(out)).isEqualTo(sure);
        assertThat(run("answer", words, "-")).isZero();
        assertThat(text(out)).isEqualTo(sure);
        assertThat(run("answer", words, "the dog barks at night", "--unsure-below", "0"))
                .isZero();
        assertThat(text(out)).isEqualTo(sure);
        assertThat(run("answer", words, "the dog barks at night", "--unsure-below", "1"))
                .isZero();
        assertThat(text(out)).isEqualTo("unsure, most likely " + sure);
    }

    @Test
    void answer_strategyWithLanguageModel_opensTheOneItWasMeasuredOn() {
        List<String> sources = new ArrayList<>();
        models = (choice, progress) -> {
            sources.add(choice.source());
            return new ToyModel();
        };
        assertThat(run("answer", freeText, "which dog is yours")).as(text(err)).isZero();
        assertThat(text(out)).isEqualTo("animal\n");
        assertThat(text(err)).doesNotContain("note");
        assertThat(run("answer", freeText, "which dog is yours", "--model", "other"))
                .isZero();
        assertThat(sources).containsExactly("toys/a-toy", "other");
    }

    /** A model that ends after a token, and knows no constraint. */
    private void cutOff() {
        models = (choice, progress) -> new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                return request.withConstraint(OutputConstraint.none())
                        .withOptions(request.options().withMaxTokens(1));
            }
        };
    }

    @Test
    void answer_constrainedAnswerThatIsCutOff_isNoSuccess() throws IOException {
        cutOff();
        assertThat(run("answer", labelled, "which dog is yours")).isEqualTo(1);
        assertThat(text(err)).contains("llm-adapt: the answer is cut off after 1 tokens, so it may not be what");
        assertThat(run("answer", freeText, "which dog is yours")).isZero();
        assertThat(text(err)).contains("note: stopped after 1 tokens").doesNotContain("cut off");
    }

    @Test
    void answer_rowsThatAreCutOff_haveNoAnswer() throws IOException {
        cutOff();
        Path in = write("new.csv", "text\nthe dog\n");
        assertThat(file(labelled, in)).isEqualTo(1);
        assertThat(result()).contains("the dog,,,,\"the answer is cut off after 1 tokens");
    }

    @Test
    void answer_csv_keepsItsColumnsAndSeparator() throws IOException {
        Path in = write(
                "new.csv",
                "\uFEFFid;message;price\n7;the dog barks;1,5\n8;\"an oak; \"\"old\"\"\";-2\n\n9;\" a hammer\nand a nail\";\n");
        assertThat(file(words, in)).as(text(err)).isZero();
        assertThat(result())
                .matches("\uFEFFid;message;price;label;probability;unsure;error\n"
                        + "7;the dog barks;1,5;animal;0\\.[0-9]{4};;\n"
                        + "8;\"an oak; \"\"old\"\"\";-2;plant;0\\.[0-9]{4};;\n"
                        + "9;\" a hammer\nand a nail\";;a_tool;0\\.[0-9]{4};;\n");
        assertThat(text(out)).contains("3 rows in", "out.csv: 3 answered, 0 without an answer");
        assertThat(text(err)).contains("answer 0 of 3");
    }

    @Test
    void answer_otherForms_areReadToo() throws IOException {
        Path json = write("new.jsonl", "{\"n\":1,\"text\":\"the dog\",\"more\":{\"a\":[1]}}\n{\"text\":\"an oak\"}\n");
        assertThat(file(words, json)).as(text(err)).isZero();
        assertThat(result().lines().map(line -> line.replaceAll("0\\.[0-9]+", "P")))
                .containsExactly(
                        "n,text,more,label,probability,unsure,error",
                        "1,the dog,\"{\"\"a\"\":[1]}\",animal,P,,",
                        ",an oak,,plant,P,,");
        Path lines = write("new.txt", "the dog, my dog\n\nan oak");
        assertThat(file(words, lines, "--force")).as(text(err)).isZero();
        assertThat(result().lines().map(line -> line.replaceAll("0\\.[0-9]+", "P")))
                .containsExactly(
                        "text,label,probability,unsure,error", "\"the dog, my dog\",animal,P,,", "an oak,plant,P,,");
    }

    @Test
    void answer_jsonLines_areConversationsThatATaskFileTakes() throws IOException {
        Path in = write("asked.jsonl", """
                {"messages":[{"role":"user","content":"the \\"dog\\" barks"}],"id":"a"}
                {"messages":[{"role":"user","content":"an oak"},{"role":"assistant","content":"?"}],"id":"b"}
                """);
        Path out = shared.resolve("answered.jsonl");
        assertThat(run("answer", words, "--in", in.toString(), "--out", out.toString()))
                .as(text(err))
                .isZero();
        String system = "{\"role\":\"system\",\"content\":\"Say what kind of thing it is.\"}";
        assertThat(Files.readAllLines(out).stream().map(line -> line.replaceAll("0\\.[0-9]+", "P")))
                .containsExactly(
                        "{\"id\":\"a\",\"messages\":[" + system
                                + ",{\"role\":\"user\",\"content\":\"the \\\"dog\\\" barks\"}"
                                + ",{\"role\":\"assistant\",\"content\":\"animal\"}],\"probability\":P}",
                        "{\"id\":\"b\",\"messages\":[" + system + ",{\"role\":\"user\",\"content\":\"an oak\"}"
                                + ",{\"role\":\"assistant\",\"content\":\"plant\"}],\"probability\":P}");
        assertThat(TextRows.read(out, "").columns()).containsExactly("text", "answer", "system", "id", "probability");
        Files.delete(out);
    }

    @Test
    void answer_threshold_marksWhatIsUnsure() throws IOException {
        Path in = write("new.csv", "text,label\nthe dog barks at night,x\nnothing of the kind,y\n");
        assertThat(file(words, in)).isEqualTo(2);
        assertThat(text(err))
                .contains("columns called [label]", "--prefix new_")
                .hasLineCount(1);
        assertThat(file(words, in, "--prefix", "new_", "--unsure-below", "0.4"))
                .as(text(err))
                .isZero();
        assertThat(result().lines().map(line -> line.replaceAll("0\\.[0-9]+", "P")))
                .containsExactly(
                        "text,label,new_label,new_probability,new_unsure,new_error",
                        "the dog barks at night,x,animal,P,no,",
                        "nothing of the kind,y,"
                                + result().lines().toList().get(2).split(",", -1)[2] + ",P,yes,");
        assertThat(text(out)).contains("1 sure, 1 unsure, 0 without an answer");

        assertThat(run("answer", words, "a dog", "--min-precision", "0.5"))
                .as(text(err))
                .isZero();
        assertThat(text(err)).contains("of a probability of", "of the test answers");
        refuses(
                "is not shown for any threshold by the 9 test answers",
                "answer",
                words,
                "a dog",
                "--min-precision",
                "0.95");
    }

    @Test
    void answer_rowsThatFail_standInTheFile() throws IOException {
        models = (choice, progress) -> failing("saw");
        Path in = write("new.csv", "text\nwhich dog is yours\n\"\"\n  \nsharpen your saw\ncharge your drill\n");
        assertThat(file(freeText, in)).as(text(err)).isEqualTo(1);
        assertThat(result()).isEqualTo("""
                text,answer,error
                which dog is yours,animal,
                ,,the text is empty
                sharpen your saw,,no 'saw' here
                charge your drill,tool,
                """);
        assertThat(text(out)).contains("4 rows in", "2 answered, 2 without an answer");
        assertThat(text(err)).contains("2 of 4 rows have no answer; their 'error' says why");
    }

    @Test
    void answer_stoppedInTheMiddle_goesOnToTheSameBytes() throws IOException {
        StringBuilder rows = new StringBuilder("text\n");
        for (int i = 0; i < 3 * AnswerTable.BATCH + 5; i++) {
            rows.append('"')
                    .append(ToyTask.test().get(i % 9).input())
                    .append('\n')
                    .append(i)
                    .append("\"\n");
        }
        Path in = write("new.csv", rows.toString());
        models = (choice, progress) -> new ToyModel();
        assertThat(file(freeText, in)).as(text(err)).isZero();
        String unbroken = result();
        Files.delete(folder.resolve("out.csv"));

        AtomicInteger calls = new AtomicInteger();
        models = (choice, progress) -> new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                if (calls.incrementAndGet() > 2 * AnswerTable.BATCH + 3) {
                    throw new IllegalStateException("killed");
                }
                return request;
            }
        };
        assertThat(file(freeText, in)).isEqualTo(1);
        assertThat(text(err)).contains("killed");
        assertThat(folder.resolve("out.csv")).doesNotExist();
        Path part = folder.resolve("out.csv.part");
        Files.writeString(part, Files.readString(part) + "\"torn in a quo");

        models = (choice, progress) -> new ToyModel();
        Path other = write("other.csv", "text\nx\n");
        assertThat(file(freeText, other)).isEqualTo(2);
        assertThat(text(err)).contains("is of a run with another input").hasLineCount(1);
        assertThat(file(freeText, in)).as(text(err)).isZero();
        assertThat(text(err)).contains("note: 32 of 53 rows were answered before");
        assertThat(result()).isEqualTo(unbroken);
        assertThat(part).doesNotExist();
    }

    @Test
    void answer_serverThatDies_keepsTheRowsBeforeAndCountsNoneAsAnswered() throws IOException {
        StringBuilder rows = new StringBuilder("text\n");
        for (int i = 0; i < 40; i++) {
            rows.append("the dog ").append(i).append('\n');
        }
        Path in = write("new.csv", rows.toString());
        AtomicInteger asked = new AtomicInteger();
        models = (choice, progress) -> new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                if (asked.incrementAndGet() > 20) {
                    throw new UnavailableException("nobody answers at the address");
                }
                return request;
            }
        };
        assertThat(file(freeText, in)).isEqualTo(2);
        assertThat(text(err))
                .contains("nobody answers at the address; the rows before 17 are kept, and the same command goes on")
                .doesNotContain("Exception");
        assertThat(folder.resolve("out.csv")).doesNotExist();

        models = (choice, progress) -> new ToyModel();
        assertThat(file(freeText, in)).as(text(err)).isZero();
        assertThat(text(err)).contains("note: 16 of 40 rows were answered before");
        assertThat(text(out)).contains("40 answered, 0 without an answer");
    }

    @Test
    void answer_cellsThatAreFormulas_areSafeWhereAsked() throws IOException {
        Path in = write("new.csv", "text,phone,n\n=1+1 dog,+49 170,-5\n@oak,-,\"+1.5e3\"\n");
        assertThat(file(words, in)).isZero();
        assertThat(result()).contains("\n=1+1 dog,+49 170,-5,", "\n@oak,-,+1.5e3,");
        assertThat(text(err)).contains("4 cells of the input begin as formulas do", "--spreadsheet");
        assertThat(file(words, in, "--spreadsheet", "--force")).isZero();
        assertThat(result()).contains("\n'=1+1 dog,'+49 170,-5,", "\n'@oak,'-,+1.5e3,");
        assertThat(text(err)).doesNotContain("formulas");
    }

    @Test
    void answer_whatCannotBe_isRefusedByName() throws IOException {
        String in = write("new.csv", "text\na\n").toString();
        String out = folder.resolve("out.csv").toString();
        String columns = write("columns.csv", "a,b\n1,2\n").toString();
        String empty = write("empty.csv", "").toString();
        String header = write("header.csv", "text\n").toString();
        String broken = write("broken.csv", "id,text\n1,a,b\n").toString();
        String there = write("there.csv", "text\n").toString();
        refuses("has no strategy.json; expected a folder that", "answer", folder.toString(), "a");
        refuses("has no strategy.json", "answer", folder.resolve("none").toString(), "a");
        refuses("the text is empty", "answer", words, " ");
        refuses("give a text or --in, not both", "answer", words, "a", "--in", in, "--out", out);
        refuses("--in needs --out", "answer", words, "--in", in);
        refuses("--out needs --in", "answer", words, "a", "--out", out);
        refuses("need --in FILE", "answer", words, "a", "--force");
        refuses("no text column, found columns [a, b]", "answer", words, "--in", columns, "--out", out);
        refuses("no column 'c'", "answer", words, "--in", columns, "--out", out, "--text-column", "c");
        refuses("the file is empty", "answer", words, "--in", empty, "--out", out);
        refuses("no rows below the header", "answer", words, "--in", header, "--out", out);
        refuses("line 2: got 3 fields", "answer", words, "--in", broken, "--out", out);
        refuses("does not read spreadsheets", "answer", words, "--in", folder + "/a.xlsx", "--out", out);
        refuses("no such file", "answer", words, "--in", in + "x", "--out", out);
        refuses("is there already; give --force", "answer", words, "--in", in, "--out", there);
        refuses("another file than --in", "answer", words, "--in", in, "--out", in, "--force");
        refuses("does not exist; create it first", "answer", words, "--in", in, "--out", folder + "/none/out.csv");
        refuses("expects a file, got the folder", "answer", words, "--in", in, "--out", folder.toString());
        refuses("--out writes a CSV", "answer", words, "--in", in, "--out", folder + "/out.json");
        refuses("--prefix", "answer", words, "--in", in, "--out", folder + "/out.jsonl", "--prefix", "x_");
        refuses("--unsure-below must be in [0, 1], got 1.5", "answer", words, "a", "--unsure-below", "1.5");
        refuses("--min-precision must be in (0, 1), got 1.0", "answer", words, "a", "--min-precision", "1");
        refuses("both set the threshold", "answer", words, "a", "--min-precision", "0.9", "--unsure-below", "0.9");
        refuses("--unsure-below needs answers with probabilities", "answer", freeText, "a", "--unsure-below", "0.5");
        assertThat(folder.resolve("out.csv")).doesNotExist();
        assertThat(folder.resolve("out.csv.part")).doesNotExist();
    }

    private int file(String strategy, Path in, String... more) {
        List<String> all = new ArrayList<>(List.of("answer", strategy, "--in", in.toString(), "--out"));
        all.add(folder.resolve("out.csv").toString());
        all.addAll(List.of(more));
        return run(all.toArray(String[]::new));
    }

    private String result() throws IOException {
        return Files.readString(folder.resolve("out.csv"));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Model failing(String word) {
        return new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                if (request.messages()
                        .get(request.messages().size() - 1)
                        .content()
                        .contains(word)) {
                    throw new IllegalArgumentException("no '" + word + "' here");
                }
                return request;
            }
        };
    }
}
