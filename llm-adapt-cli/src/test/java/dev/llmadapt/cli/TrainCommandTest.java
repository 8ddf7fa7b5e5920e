package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.GuideExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainCommandTest extends CommandLineTest {
    private static final Path CHECKPOINT = checkpoint();

    @TempDir
    Path folder;

    {
        models = (choice, progress) -> {
            assertThat(choice.source()).as("no model is needed").isEqualTo(CHECKPOINT.toString());
            return ModelLoading.LOADER.open(choice, progress);
        };
    }

    @Test
    void help_tellsEveryOption() {
        assertThat(run("train", "--help")).isZero();
        assertThat(text(out))
                .contains("--task", "--method", "--rank", "--virtual-tokens", "--work", "--recompute", "prefix-tuning")
                .contains("--data", "--held-out", "--deduplicate[=SIMILARITY]", "0.8 where no", "--mask-personal");
    }

    private static String[] and(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void badInput_isOneLineBeforeAModelIsOpened() throws IOException {
        String task = Files.writeString(folder.resolve("my.csv"), "text,label\na,x\nb,y\nc,x\nd,y\n")
                .toString();
        refuses("--task", "train", "--out", "x");
        refuses("--out", "train", "--task", task);
        refuses("unknown method 'magic'", "train", "--task", task, "--out", "x", "--method", "magic");
        refuses("epochs must be at least 1", "train", "--task", task, "--out", "x", "--epochs", "0");
        refuses("--rate must be positive, got -1", "train", "--task", task, "--out", "x", "--rate", "-1");
        refuses("--rank must be from 1", "train", "--task", task, "--out", "x", "--rank", "0");
        refuses(
                "--virtual-tokens must be from 1",
                "train",
                "--task",
                task,
                "--out",
                "x",
                "--method",
                "prompt-tuning",
                "--virtual-tokens",
                "0");
        String[] other = {"train", "--task", task, "--out", "x", "--method"};
        refuses("--method ia3 has no rank, got --rank 4; leave it out", and(other, "ia3", "--rank", "4"));
        refuses("--method lora has no virtual tokens", and(other, "lora", "--virtual-tokens", "4"));
        refuses("--method prompt-tuning has no encoder", and(other, "prompt-tuning", "--encoder-hidden-size", "4"));
        refuses("which scores nothing but labels as it is", and(other, "lora-head", "--loss-over", "choices"));
        refuses(
                "--loss-over choices is for answers that are the labels of --task, got --data",
                "train",
                "--data",
                task,
                "--out",
                "x",
                "--loss-over",
                "choices");
        refuses("--encoder-hidden-size must be from 1", and(other, "p-tuning", "--encoder-hidden-size", "0"));
        refuses(
                "--validation must be from 0 to 0.5, got 0.9",
                "train",
                "--task",
                task,
                "--out",
                "x",
                "--validation",
                "0.9");
        refuses("--budget is the time for --search", "train", "--task", task, "--out", "x", "--budget", "1m");
        refuses("--budget expects a time", "train", "--task", task, "--out", "x", "--search", "--budget", "soon");
        refuses("--min-steps must be at least 0", "train", "--task", task, "--out", "x", "--min-steps", "-1");
        refuses("not empty", "train", "--task", task, "--out", folder.toString());
        refuses("none.csv", "train", "--task", folder.resolve("none.csv").toString(), "--out", "x");
    }

    @Test
    void badData_isOneLineBeforeAModelIsOpened() throws IOException {
        String data = write("my.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}\n");
        String task = write("my.csv", "text,label\na,x\nb,y\nc,x\nd,y\n");
        refuses("got both", "train", "--task", task, "--data", data, "--out", "x");
        refuses("--held-out needs --data", "train", "--task", task, "--held-out", data, "--out", "x");
        refuses("--format needs --data", "train", "--task", task, "--format", "chat", "--out", "x");
        refuses("unknown --format 'xml'", "train", "--data", data, "--format", "xml", "--out", "x");
        refuses("belong together", "train", "--data", data, "--prompt-field", "q", "--out", "x");
        refuses(
                "--format chat",
                "train",
                "--data",
                data,
                "--format",
                "chat",
                "--prompt-field",
                "q",
                "--completion-field",
                "a",
                "--out",
                "x");
        refuses("'messages' is missing", "train", "--data", data, "--format", "chat", "--out", "x");
        refuses("no such file", "train", "--data", data, "--held-out", data + ".jsonl", "--out", "x");
        refuses("--deduplicate must be in (0, 1], got 2", "train", "--data", data, "--deduplicate", "2", "--out", "x");
        refuses(
                "--max-per-answer must be at least 1, got 0",
                "train",
                "--data",
                data,
                "--max-per-answer",
                "0",
                "--out",
                "x");
        refuses("min: 9, max: 3", "train", "--data", data, "--min-tokens", "9", "--max-tokens", "3", "--out", "x");
        refuses("merge", "train", "--data", data, "--adapter", folder.toString(), "--out", "x");
        refuses("--learn", "train", "--data", data, "--learn", "nothing", "--out", "x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Of each form two examples, a broken record, and the line where that begins.
                "a.csv|4|Prompt,Completion~red,warm~blue,cold~green~",
                "a.tsv|3|question\tanswer~red\twarm~\"open\tcold~blue\tcold~",
                "a.jsonl|2|{\"prompt\":\"red\",\"completion\":\"warm\"}~{\"prompt\":\"x\"}~"
                        + "{\"prompt\":\"blue\",\"completion\":\"cold\"}~",
                "alpaca.json|3|[~{\"instruction\":\"Say warm or cold.\",\"input\":\"red\",\"output\":\"warm\"},~{},~"
                        + "{\"instruction\":\"Is blue warm?\",\"output\":\"no\"}]~",
                "sharegpt.json|1|[{\"conversations\":[{\"from\":\"alien\",\"value\":\"a\"}]},~"
                        + "{\"conversations\":[{\"from\":\"human\",\"value\":\"red\"},{\"from\":\"gpt\",\"value\":\"warm\"},"
                        + "{\"from\":\"human\",\"value\":\"blue\"},{\"from\":\"gpt\",\"value\":\"cold\"}]},~"
                        + "{\"conversations\":[{\"from\":\"human\",\"value\":\"sky\"},{\"from\":\"gpt\",\"value\":\"cold\"}]}]",
                "chat.jsonl|3|{\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":"
                        + "\"red\"},{\"role\":\"assistant\",\"content\":\"warm\"}]}~"
                        + "{\"messages\":[{\"role\":\"user\",\"content\":\"blue\"},{\"role\":\"assistant\",\"content\":"
                        + "\"hot\",\"weight\":0},{\"role\":\"user\",\"content\":\"sure?\"},{\"role\":\"assistant\",\"content\":"
                        + "\"cold\"}]}~not JSON~",
            })
    void train_fileOfEachForm_writesAnAdapterThatAnswers(String name, int line, String text) throws IOException {
        String data = write(name, text.replace('~', '\n').replace("\\t", "\t"));
        String adapter = folder.resolve("adapter").toString();
        assertThat(train("--data", data, "--rank", "2", "--out", adapter))
                .as(text(err))
                .isZero();
        assertThat(text(out))
                .containsPattern("read +2\\n")
                .containsPattern("broken lines +1\\n +line " + line + ": ")
                .contains("trained lora in 1 steps")
                .contains("too few steps: loss ", "; nothing was held out", "next: train longer");
        JsonObject report = report(adapter);
        assertThat(report.get("kept").getAsInt()).isEqualTo(2);
        assertThat(report.getAsJsonArray("brokenLines")
                        .get(0)
                        .getAsJsonObject()
                        .get("line")
                        .getAsInt())
                .isEqualTo(line);
        assertThat(run("generate", "--model", CHECKPOINT.toString(), "--adapter", adapter, "--max-tokens", "3", "red"))
                .as(text(err))
                .isZero();
    }

    @Test
    void train_curation_leavesOutAndMasksAndSaysSo() throws IOException {
        String words = "my card has been sent to the wrong house by your bank ";
        String data = write(
                "a.csv",
                "prompt,completion\n" + words + ",card\n" + words + "!,card\n" + words + ",card\nwrite to a@b.de,mail\n"
                        + "hello,greeting\nbye,greeting\n" + "long ".repeat(200) + ",long\nwho is it,leak\n");
        String test = write("test.csv", "prompt,completion\nwho is it,other\n");
        String adapter = folder.resolve("adapter").toString();
        String[] given = {"--data", data, "--rank", "1", "--out", adapter};
        assertThat(train(with(
                        given,
                        "--held-out",
                        test,
                        "--deduplicate",
                        "--max-tokens",
                        "150",
                        "--max-per-answer",
                        "1",
                        "--mask-personal")))
                .as(text(err))
                .isZero();
        assertThat(text(out))
                .containsPattern("read +8\\n")
                .containsPattern("too long +1\\n +line 8, a.csv:8: \\d+ tokens, at most 150\\n")
                .containsPattern("leaked +1\\n")
                .containsPattern("exact duplicate +1\\n")
                .containsPattern("near duplicate +1\\n")
                .containsPattern("over answer limit +1\\n")
                .containsPattern("kept +3\\n")
                .containsPattern("email in +1, 1 in all\\n")
                .doesNotContain("a@b.de");
        assertThat(report(adapter).get("kept").getAsInt()).isEqualTo(3);

        adapter = folder.resolve("all").toString();
        assertThat(train("--data", data, "--rank", "1", "--out", adapter)).isZero();
        assertThat(text(out)).containsPattern("kept +8\\n").containsPattern("email in +1, 1 in all\\n");
    }

    /** Masked text is not learned: another address gives the same numbers. */
    @Test
    void train_masked_learnsThePlaceholder() throws IOException {
        for (String address : List.of("a@b.de", "another.one@example.org")) {
            String data = write(address + ".csv", "prompt,completion\nwrite to " + address + ",done\n");
            String out = folder.resolve(address).toString();
            assertThat(train("--data", data, "--rank", "1", "--mask-personal", "--out", out))
                    .isZero();
        }
        String file = "adapter_model.safetensors";
        assertThat(folder.resolve("a@b.de").resolve(file))
                .hasSameBinaryContentAs(
                        folder.resolve("another.one@example.org").resolve(file));
    }

    @Test
    void train_labelledTexts_areCuratedToo() throws IOException {
        StringBuilder rows = new StringBuilder("text,label\n");
        for (int i = 0; i < 12; i++) {
            rows.append("text number ").append(i).append(i % 3 == 0 ? ",warm\n" : ",cold\n");
        }
        String task = write("task.csv", rows.toString());
        String adapter = folder.resolve("adapter").toString();
        assertThat(train(
                        "--task",
                        task,
                        "--method",
                        "prefix-tuning",
                        "--virtual-tokens",
                        "2",
                        "--loss-over",
                        "choices",
                        "--max-per-answer",
                        "2",
                        "--out",
                        adapter))
                .as(text(err))
                .isZero();
        assertThat(report(adapter).get("kept").getAsInt()).isEqualTo(4);
        assertThat(text(out)).contains("2 of ", "trained prefix-tuning in 1 steps");
    }

    @Test
    void train_headThatScoresLabels_learnsCompletions() throws IOException {
        String task = write("task.csv", "text,label\na one,x\nb two,y\nc three,x\nd four,y\ne five,x\nf six,y\n");
        String head = folder.resolve("head").toString();
        assertThat(train("--task", task, "--method", "lora-head", "--rank", "1", "--out", head))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("trained lora-head in ");

        String model = CHECKPOINT.toString();
        assertThat(run("generate", "--model", model, "--adapter", head, "a seven"))
                .as(text(err))
                .isZero();
        assertThat(text(out).strip()).isIn("x", "y");
        refuses(
                "which answers by itself; give it alone and without a weight",
                "generate",
                "--model",
                model,
                "--adapter",
                head + "=0.5",
                "a seven");
        assertThat(run("pilot", "--model", model, "--adapter", head, "--task", task, "--strategies", "words"))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("lora-head [head]", "words");
    }

    @Test
    void train_search_showsItsTrialsAndTrainsWithTheBest() throws IOException {
        StringBuilder rows = new StringBuilder("prompt,completion\n");
        for (int i = 0; i < 12; i++) {
            rows.append("text number ").append(i).append(i % 3 == 0 ? ",warm\n" : ",cold\n");
        }
        String data = write("task.csv", rows.toString());
        String adapter = folder.resolve("my-lora").toString();
        Path work = folder.resolve("work");
        String[] command = {
            "--data", data, "--rank", "1", "--search", "--budget", "1s", "--max-steps", "3", "--work", work.toString()
        };
        assertThat(train(with(command, "--out", adapter))).as(text(err)).isZero();
        assertThat(text(out))
                .containsPattern("rate +size +steps +held-out +score +time\\n")
                .containsPattern("trained lora in [139] steps")
                .contains("next: ");
        assertThat(work.resolve("search/trials.jsonl")).exists();
    }

    @Test
    void train_teacher_isLearnedFromAndNotAskedTwice() throws IOException {
        StringBuilder rows = new StringBuilder("text,label\n");
        StringBuilder texts = new StringBuilder("a test text\n\n");
        for (int i = 0; i < 12; i++) {
            rows.append("text number ").append(i).append(i % 3 == 0 ? ",warm\n" : ",cold\n");
            texts.append("other text ").append(i % 10).append('\n');
        }
        String task = write("task.csv", rows.toString());
        String unlabelled = write("texts.txt", texts.toString());
        String answers = folder.resolve("answers.jsonl").toString();
        String[] command = {
            "--task",
            task,
            "--rank",
            "1",
            "--max-steps",
            "1",
            "--teacher",
            CHECKPOINT.toString(),
            "--unlabelled",
            unlabelled,
            "--teacher-answers",
            answers,
            "--teacher-strategy",
            "zero-shot/scored"
        };
        String adapter = folder.resolve("one").toString();
        assertThat(train(with(command, "--max-inputs", "10", "--out", adapter)))
                .as(text(err))
                .isZero();
        assertThat(text(out))
                .contains("teacher: 10 of 13 inputs kept, dropped: 2 twice, 1 beyond the limit of inputs; ")
                .containsPattern("answers: \\d+ (warm|cold), \\d+ (warm|cold)\n")
                .containsPattern("cost: 10 answers, [0-9,]+ tokens read, [0-9,]+ written, ")
                .contains("trained lora in 1 steps");
        int own = JsonParser.parseString(Files.readString(Path.of(adapter, "distillation.json")))
                .getAsJsonObject()
                .get("ownExamples")
                .getAsInt();
        assertThat(report(adapter).get("kept").getAsInt()).isEqualTo(own + 10);

        String other = folder.resolve("two").toString();
        assertThat(train(with(command, "--teacher-only", "--min-confidence", "0.01", "--out", other)))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("cost: 1 answers, ", "; read from an earlier run: 10 answers");
        assertThat(report(other).get("kept").getAsInt()).isEqualTo(11);

        refuses("need --teacher SOURCE", "train", "--task", task, "--unlabelled", unlabelled, "--out", "x");
        refuses("needs --unlabelled FILE", "train", "--task", task, "--teacher", "default", "--out", "x");
        refuses(
                "--teacher needs --task",
                with(
                        new String[] {"train", "--data", task, "--teacher", "default"},
                        "--unlabelled",
                        "t",
                        "--out",
                        "x"));
        String[] taught = {"train", "--task", task, "--teacher", "default", "--unlabelled", unlabelled, "--out", "x"};
        refuses("--min-confidence must be in [0, 1], got 2", with(taught, "--min-confidence", "2"));
        refuses("--teacher-samples must be 1 to 100, got 0", with(taught, "--teacher-samples", "0"));
        refuses("unknown strategy 'magic'", with(taught, "--teacher-strategy", "magic"));
        refuses("must be one strategy", with(taught, "--teacher-strategy", "zero-shot,role"));
    }

    @Test
    void pilot_adapter_isMeasuredBesideItsBase() throws IOException {
        StringBuilder rows = new StringBuilder("text,label\n");
        for (int i = 0; i < 12; i++) {
            rows.append("text number ").append(i).append(i % 3 == 0 ? ",warm\n" : ",cold\n");
        }
        String task = write("task.csv", rows.toString());
        String adapter = folder.resolve("my-lora").toString();
        assertThat(train("--task", task, "--rank", "1", "--out", adapter))
                .as(text(err))
                .isZero();
        String json = folder.resolve("report.json").toString();
        assertThat(run("pilot", "--model", CHECKPOINT.toString(), "--task", task, "--adapter", adapter, "--json", json))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("zero-shot [my-lora]");
        JsonObject report =
                JsonParser.parseString(Files.readString(Path.of(json))).getAsJsonObject();
        assertThat(report.toString()).contains("\"zero-shot\"", "\"zero-shot [my-lora]\"", "\"adapter\":\"my-lora\"");
        assertThat(report.getAsJsonArray("comparisons")).hasSize(1);
    }

    @Test
    void train_nothingLeft_isOneLine() throws IOException {
        String data = write("a.csv", "prompt,completion\nred,warm\n");
        String adapter = folder.resolve("adapter").toString();
        assertThat(train("--data", data, "--min-tokens", "5000", "--out", adapter))
                .isEqualTo(2);
        assertThat(text(err)).contains("nothing is left to learn");
        assertThat(folder.resolve("adapter")).doesNotExist();
        assertThat(train("--data", data, "--validation", "0.5", "--out", adapter))
                .isEqualTo(2);
        assertThat(text(err)).contains("llm-adapt: ", "too few or too much alike");
    }

    @Test
    void train_preferences_writesAnAdapterThatIsTrainedOn() throws IOException {
        String pairs = write(
                "p.jsonl",
                "{'prompt':'red?','chosen':'yes','rejected':'no'}\n{'prompt':'x'}\n"
                        .concat("{'prompt':'blue?','chosen':'yes','rejected':'no'}\n")
                        .replace('\'', '"'));
        String adapter = folder.resolve("dpo").toString();
        assertThat(train("--preferences", pairs, "--rank", "2", "--beta", "0.2", "--out", adapter))
                .as(text(err))
                .isZero();
        assertThat(text(out))
                .contains(
                        "2 pairs; better answer: chosen; worse answer: rejected; prompt: prompt",
                        "trained dpo in 1 steps, loss 0.693",
                        "rewards in the end: margin 0.000");
        assertThat(text(err)).contains("line 2: expected prompt, chosen and rejected");
        assertThat(Path.of(adapter, "adapter_config.json")).exists();
        String labels = write(
                "k.jsonl",
                "{'prompt':'red?','completion':'yes','label':true}\n{'prompt':'blue?','completion':'no','label':false}\n"
                        .replace('\'', '"'));
        String next = folder.resolve("kto").toString();
        assertThat(train("--preferences", labels, "--start", adapter, "--out", next))
                .as(text(err))
                .isZero();
        assertThat(text(out)).contains("2 answers with a label", "trained kto in 1 steps");
    }

    @Test
    void badPreferences_areOneLineBeforeAModelIsOpened() throws IOException {
        String pairs = write("p.jsonl", "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n");
        refuses("--beta needs --preferences", "train", "--data", pairs, "--beta", "1", "--out", "x");
        refuses("got two of them", "train", "--data", pairs, "--preferences", pairs, "--out", "x");
        refuses("--beta must be positive, got -1", "train", "--preferences", pairs, "--beta", "-1", "--out", "x");
        refuses("unknown --loss 'ppo'", "train", "--preferences", pairs, "--loss", "ppo", "--out", "x");
        refuses("--label-smoothing belongs", "train", "--preferences", pairs, "--loss", "robust", "--out", "x");
        refuses("of the loss kto", "train", "--preferences", pairs, "--desirable-weight", "2", "--out", "x");
        refuses("--method lora or dora, got ia3", "train", "--preferences", pairs, "--method", "ia3", "--out", "x");
        refuses("leave them out", "train", "--preferences", pairs, "--learn", "all", "--out", "x");
        refuses("by --start", "train", "--preferences", pairs, "--adapter", folder.toString(), "--out", "x");
        refuses("no such file", "train", "--preferences", pairs + ".jsonl", "--out", "x");
    }

    private int train(String... arguments) {
        return run(with(
                new String[] {"train", "--model", CHECKPOINT.toString(), "--epochs", "1", "--seed", "1"}, arguments));
    }

    private static String[] with(String[] some, String... more) {
        return Stream.of(some, more).flatMap(Stream::of).toArray(String[]::new);
    }

    private static JsonObject report(String adapter) throws IOException {
        return JsonParser.parseString(Files.readString(Path.of(adapter, "curation.json")))
                .getAsJsonObject();
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static Path checkpoint() {
        return GuideExamples.root().resolve("llm-adapt-local/src/test/resources/dev/llmadapt/local/golden/tiny-llama");
    }
}
