package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Timings;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToolCall;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.Usage;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest extends CommandLineTest {
    @TempDir
    Path folder;

    private final AtomicInteger opened = new AtomicInteger();

    {
        models = (choice, progress) -> {
            opened.incrementAndGet();
            return new ToyModel();
        };
    }

    private Path task = Path.of("");

    @BeforeEach
    void writeTask() throws IOException {
        task = folder.resolve("task");
        Files.createDirectory(task);
        Files.writeString(
                task.resolve("task.json"), "{\"name\":\"kinds\",\"instruction\":\"Say what kind of thing it is.\"}");
        write(task.resolve("train.csv"), ToyTask.task().examples());
        write(task.resolve("test.csv"), ToyTask.test());
    }

    @Test
    void noCommand_showsHowItIsUsed() {
        for (String[] arguments : List.of(new String[0], new String[] {"rag"}, new String[] {"adapters"})) {
            assertThat(run(arguments)).isEqualTo(2);
            assertThat(text(out)).startsWith("Usage: llm-adapt").contains("Commands:", "Examples:");
            assertThat(text(err)).startsWith("llm-adapt: expected a command: ").hasLineCount(1);
        }
        assertThat(run("help")).isZero();
        assertThat(text(out)).startsWith("Usage: llm-adapt");
        assertThat(run("help", "train")).isZero();
        assertThat(text(out)).contains("--mask-personal");
    }

    @Test
    void wordsLikeACommandOrOption_areAskedFor() {
        refuses(new String[] {"pilto"}, "unknown command 'pilto', did you mean pilot");
        refuses(new String[] {"rag", "aks"}, "unknown command 'aks', did you mean ask");
        refuses(new String[] {"rag", "search"}, "unknown command 'search', expected one of index, ask, eval");
        refuses(new String[] {"train", "--tsak", "x", "--out", "y"}, "unknown option '--tsak', did you mean --task");
    }

    @Test
    void values_outOfRange_nameTheirOptions() {
        String[] pilot = {"pilot", "--task", task.toString()};
        refuses(with(pilot, "--quality", "90"), "--quality must be in [0, 1], got 90");
        refuses(with(pilot, "--requests", "0"), "--requests must be at least 1, got 0");
        refuses(with(pilot, "--tolerance", "2"), "--tolerance must be in [0, 0.5], got 2");
        refuses(new String[] {"generate", "--top-p", "7", "hi"}, "--top-p must be in (0, 1], got 7");
        refuses(with(pilot, "--save", "s", "--work", "w", "--adapter", "a"), "--save", "--adapter");
    }

    private static String[] with(String[] arguments, String... more) {
        return java.util.stream.Stream.of(arguments, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
    }

    @Test
    void help_exitsWell() {
        assertThat(run("--help")).isZero();
        assertThat(text(out)).contains("pilot", "generate", "chat", "Examples:");
        assertThat(run("pilot", "--help")).isZero();
        assertThat(text(out).replaceAll(",\\n +", ","))
                .contains("--task=PATH", "--strategies=LIST", "few-shot-nearest,rag,rag+few-shot-nearest(4),");
        assertThat(run("--version")).isZero();
        assertThat(text(out)).contains("llm-adapt development");
    }

    @Test
    void usage_mistakes_areOneLine() {
        refuses(new String[] {"pilot", "--tusk", "x"}, "--tusk", "pilot --help");
        refuses(new String[] {"pilot", "--limit", "many"}, "--limit must be a whole number, got many (");
        refuses(new String[] {"pilot", "--quality", "many"}, "--quality must be a number, got many (");
        refuses(new String[] {"pilot", "--precision", "fp7"}, "--precision: expected one of", "as-stored");
        refuses(new String[] {"bake"}, "bake");
        refuses(new String[] {"generate"}, "PROMPT");
    }

    @Test
    void pilot_badInput_isOneLineBeforeAModelIsOpened() throws IOException {
        Path one = Files.writeString(folder.resolve("one.csv"), "text,label\na,x\nb,x\n");
        Path empty = Files.writeString(folder.resolve("empty.csv"), "");
        refuses(new String[] {"pilot", "--task", one.toString()}, "one.csv", "the same label");
        refuses(new String[] {"pilot", "--task", empty.toString()}, "empty.csv", "empty");
        refuses(new String[] {"pilot", "--task", task.toString(), "--label-column", "kind"}, "no column 'kind'");
        refuses(new String[] {"pilot", "--task", folder.resolve("none").toString()}, "no such file or folder");
        refuses(new String[] {"pilot", "--task", task.toString(), "--strategies", "magic"}, "unknown strategy 'magic'");
        refuses(new String[] {"pilot", "--task", task.toString(), "--limit", "0"}, "--limit must be at least 1, got 0");
        refuses(
                new String[] {
                    "pilot",
                    "--task",
                    task.toString(),
                    "--json",
                    folder.resolve("no/a.json").toString()
                },
                "--json",
                "does not exist");
        refuses(new String[] {"pilot", "--task", task.toString(), "--json", folder.toString()}, "got the folder");
        refuses(new String[] {"pilot"}, "is not found", "--task");
        assertThat(opened).hasValue(0);
    }

    @Test
    void pilot_modelNotFound_isOneLineAndLeavesNoFile() throws IOException {
        models = (choice, progress) -> {
            throw new LlmAdaptException("no model at '" + choice.source() + "'\nexpected a folder");
        };
        String[] arguments = {
            "pilot",
            "--task",
            task.toString(),
            "--model",
            "./nowhere",
            "--json",
            folder.resolve("r.json").toString()
        };
        refuses(arguments, "no model at './nowhere' expected a folder");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(task);
        }
    }

    @Test
    void pilot_modelSourceRefused_isOneLine() {
        models = (choice, progress) -> {
            throw new IllegalArgumentException("no source: " + choice.source());
        };
        refuses(new String[] {"pilot", "--task", task.toString(), "--model", "?"}, "no source: ?");
    }

    @Test
    void bug_isAStackTraceAndStatusOne() {
        models = (choice, progress) -> {
            throw new IndexOutOfBoundsException("oops");
        };
        assertThat(run("generate", "x")).isEqualTo(1);
        assertThat(text(err)).contains("IndexOutOfBoundsException: oops", "\tat ");
    }

    @Test
    void pilot_task_printsRowsAndWritesJson() throws IOException {
        Path json = folder.resolve("report.json");
        Files.writeString(json, "old");
        int status = run(
                "pilot",
                "--task",
                task.toString(),
                "--strategies",
                "zero-shot,few-shot(12)",
                "--limit",
                "6",
                "--json",
                json.toString());
        assertThat(text(err)).contains("1 of 2, at most 7 min to go: zero-shot: ");
        assertThat(status).isZero();
        assertThat(text(out)).contains("toy (fp64) on kinds: 3 labels, 6 test examples", "zero-shot", "few-shot(12)");
        PilotReport report = ReportJson.read(Files.readString(json));
        assertThat(report.measured()).hasSize(2);
        assertThat(report.settings())
                .containsEntry("strategies", "zero-shot,few-shot(12)")
                .containsKey("java");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(task, json);
        }
    }

    @Test
    void pilot_withoutTask_takesTheOneBesideTheLauncher() throws IOException {
        home = Optional.of(folder);
        refuses(new String[] {"pilot"}, "the task that comes along is missing");
        Path pennywell = folder.resolve("llm-adapt-pilot/tasks/pennywell");
        Files.createDirectories(pennywell.getParent());
        Files.move(task, pennywell);
        assertThat(run("pilot", "--strategies", "zero-shot", "--limit", "3")).isZero();
        assertThat(text(out)).contains("on kinds");
    }

    @Test
    void generate_prompt_streamsTheAnswer() {
        input = "an oak from standard input";
        assertThat(run("generate", "--max-tokens", "5", "hello")).isZero();
        assertThat(text(out)).hasSizeBetween(2, 6).endsWith("\n");
        assertThat(text(err)).contains("stopped after 5 tokens", ModelArguments.BANNER);
        assertThat(run("generate", "--max-tokens", "5", "-")).isZero();
    }

    @Test
    void generate_constrainedAnswerThatIsCutOff_isNoSuccess() {
        models = (choice, progress) -> new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                return request.withConstraint(OutputConstraint.none()); // which the toy does not know
            }
        };
        assertThat(run("generate", "--max-tokens", "3", "--regex", "[a-z ]{40}", "an oak"))
                .isEqualTo(1);
        assertThat(text(err)).contains("stopped after 3 tokens", "the answer is cut off, so it may not be what");
        assertThat(run("generate", "--max-tokens", "3", "an oak")).isZero();
        assertThat(text(err)).doesNotContain("cut off");
    }

    @Test
    void generate_badConstraint_isOneLineBeforeAModelIsOpened() throws IOException {
        Path broken = folder.resolve("broken.json");
        Files.writeString(broken, "{\"type\": ");
        refuses(new String[] {"generate", "--json-schema", broken.toString(), "x"}, "--json-schema", "broken.json");
        refuses(new String[] {"generate", "--grammar", folder.resolve("none").toString(), "x"}, "none is not there");
        refuses(new String[] {"generate", "--regex", "", "x"}, "--regex is empty");
        refuses(
                new String[] {"generate", "--regex", "a", "--grammar", broken.toString(), "x"},
                "an answer keeps one constraint");
        assertThat(opened).hasValue(0);
    }

    @Test
    void generate_jsonSchemaInAnotherOption_isToldTheRightOne() throws IOException {
        String schema = "{\"type\": \"integer\", \"minimum\": 3}";
        String file = Files.writeString(folder.resolve("count.json"), schema).toString();
        String next = "; --json-schema takes any JSON Schema";
        refuses(new String[] {"generate", "--schema", file, "x"}, "--schema " + file, "says 'minimum'", next);
        refuses(new String[] {"generate", "--grammar", file, "x"}, "--grammar " + file, next);
        refuses(new String[] {"generate", "--regex", file, "x"}, "the name of a file", "; --json-schema takes a file");
        refuses(new String[] {"generate", "--regex", schema, "x"}, "got JSON; --json-schema takes a file");
        refuses(new String[] {"generate", "--json-schema", schema, "x"}, "--json-schema takes a file, got JSON");
        refuses(new String[] {"generate", "--schema", schema, "x"}, "--schema takes a file, got JSON");
        refuses(new String[] {"generate", "--tools", file, "x"}, "expected a JSON array of tools", "--json-schema");
        assertThat(opened).hasValue(0);
    }

    @Test
    void generate_badTools_isOneLineBeforeAModelIsOpened() throws IOException {
        Path tools = folder.resolve("tools.json");
        refuses(new String[] {"generate", "--tool-choice", "auto", "x"}, "--tool-choice", "--tools");
        refuses(new String[] {"generate", "--tools", tools.toString(), "x"}, "--tools", "tools.json");
        Files.writeString(tools, "{}");
        refuses(new String[] {"generate", "--tools", tools.toString(), "x"}, "expected a JSON array");
        Files.writeString(tools, "[{\"name\": \"a\", \"paramaters\": {}}]");
        refuses(new String[] {"generate", "--tools", tools.toString(), "x"}, "'paramaters'");
        Files.writeString(tools, "[{\"type\": \"function\", \"function\": {\"name\": \"a\"}}]");
        refuses(new String[] {"generate", "--tools", tools.toString(), "--tool-choice", "b", "x"}, "'b'", "[a]");
        refuses(new String[] {"generate", "--tools", tools.toString(), "--raw", "x"}, "raw text has no tools");
        refuses(
                new String[] {"generate", "--tools", tools.toString(), "--regex", "x", "x"},
                "a regular expression",
                "[a]");
        refuses(new String[] {"generate", "--tools", tools.toString(), "--tool-format", "xml", "x"}, "'xml'", "hermes");
        assertThat(opened).hasValue(0);
    }

    @Test
    void generate_tools_printsCallsAsLines() throws IOException {
        ToolCall call = new ToolCall("a1", "time", "{\"zone\": \"UTC\"}");
        assertThat(ToolArguments.line(call))
                .isEqualTo("{\"id\": \"a1\", \"name\": \"time\", \"arguments\": {\"zone\": \"UTC\"}}");
    }

    @Test
    void generate_badInput_isOneLine() {
        refuses(
                new String[] {"generate", "--temperature", "-1", "x"},
                "--temperature must be in [0, 100] where 0 is greedy, got -1");
        refuses(new String[] {"generate", " "}, "the prompt is empty");
        refuses(new String[] {"generate", "-"}, "the prompt is empty");
        assertThat(opened).hasValue(0);
        refuses(new String[] {"generate", "--model", "toy.gguf", "word ".repeat(20_000)}, "the prompt has");
    }

    @Test
    void chat_commands_areObeyed() {
        input = "hello\n/nonsense\n/reset\n/system Be kind.\nhello\n/exit\nnever read\n";
        assertThat(run("chat", "--max-tokens", "5")).isZero();
        assertThat(text(err)).contains("toy; /help", "unknown command '/nonsense'");
        assertThat(text(out).lines().count()).isEqualTo(2);
    }

    @Test
    void chat_history_isSeenByTheModel() {
        // The toy model copies an earlier answer to a like question; here the first answer comes from the instructions.
        List<Integer> sizes = new java.util.ArrayList<>();
        models = (choice, progress) -> new ModelLayer(new ToyModel()) {
            @Override
            protected Request apply(Request request) {
                sizes.add(request.messages().size());
                return request;
            }
        };
        input = "one\ntwo\n/reset\nthree\n/system\nfour\n";
        assertThat(run("chat", "--system", "Be kind.", "--max-tokens", "3")).isZero();
        assertThat(sizes).containsExactly(2, 4, 2, 1);
    }

    @Test
    void chat_refusedTurn_isToldAndForgotten() {
        input = "word ".repeat(20_000) + "\nhello\n";
        assertThat(run("chat", "--max-tokens", "3")).isZero();
        assertThat(text(err)).contains("refused: the prompt has", "/reset begins anew");
        assertThat(text(out).strip()).isNotEmpty();
    }

    @Test
    void generateAndChat_promptLookup_opensTheModelSo() {
        List<Boolean> asked = new java.util.ArrayList<>();
        models = (choice, progress) -> {
            asked.add(choice.promptLookup());
            return new ToyModel();
        };
        input = "hello\n/exit\n";
        assertThat(run("generate", "hello", "--prompt-lookup")).isZero();
        assertThat(run("generate", "hello")).isZero();
        assertThat(run("chat", "--prompt-lookup")).isZero();
        assertThat(asked).containsExactly(true, false, true);
    }

    private List<Request> thinkingModel() {
        List<Request> asked = new java.util.ArrayList<>();
        models = (choice, progress) -> new ModelLayer(new ToyModel()) {
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
                        List<Token> tokens = List.of(
                                new Token(1, "", 0, "it is"), new Token(2, "", 0, " so"), new Token(3, "yes", 0, "!"));
                        tokens.forEach(listener::onToken);
                        return Optional.of(new Generation(
                                "yes", tokens, FinishReason.STOP, Usage.NONE, Timings.NONE, "it is so!"));
                    }
                };
            }
        };
        return asked;
    }

    @Test
    void generate_templateArguments_reachTheModel() {
        List<Request> asked = thinkingModel();
        assertThat(run(
                        "generate",
                        "--template-arg",
                        "enable_thinking=false",
                        "--template-arg=effort=low",
                        "--template-arg=n=3",
                        "--template-arg=x=0.5",
                        "--template-arg=truth=\"true\"",
                        "--template-arg=empty=",
                        "--template-arg=documents=[{\"title\": \"T\", \"text\": \"a=b\"}]",
                        "hi"))
                .as(text(err))
                .isZero();
        java.util.Map<String, Object> given = new java.util.LinkedHashMap<>();
        given.put("enable_thinking", false);
        given.put("effort", "low");
        given.put("n", 3L);
        given.put("x", 0.5);
        given.put("truth", "true");
        given.put("empty", "");
        given.put("documents", List.of(java.util.Map.of("title", "T", "text", "a=b")));
        assertThat(asked)
                .singleElement()
                .satisfies(request -> assertThat(request.templateArguments()).isEqualTo(given));
        assertThat(text(out)).isEqualTo("yes\n");
        assertThat(text(err)).doesNotContain("it is", "thinking");
    }

    @Test
    void templateArguments_badOnes_areOneLine() {
        refuses(new String[] {"generate", "--template-arg", "x", "hi"}, "--template-arg must be NAME=VALUE");
        refuses(new String[] {"generate", "--template-arg", "=x", "hi"}, "--template-arg must be NAME=VALUE");
        refuses(new String[] {"chat", "--template-arg=a=1", "--template-arg=a=2"}, "gives 'a' twice");
        refuses(new String[] {"chat", "--template-arg", "a={\"b"}, "--template-arg a begins like JSON but is none");
        refuses(new String[] {"generate", "--template-arg", "a=[null]", "hi"}, "'a' must be", "got null");
        refuses(new String[] {"generate", "--raw", "--template-arg", "a=1", "hi"}, "raw text has no chat template");
        assertThat(opened).hasValue(0);
        refuses(new String[] {"generate", "--model", "toy.gguf", "--template-arg", "a=1", "hi"}, "no chat template");
    }

    @Test
    void reasoning_whereItIsAskedFor_isOnStandardError() {
        thinkingModel();
        assertThat(run("generate", "--show-reasoning", "hi")).isZero();
        assertThat(text(out)).isEqualTo("yes\n");
        assertThat(text(err)).contains("it is so!\n");
        input = "hi\nho\n";
        List<Request> asked = thinkingModel();
        assertThat(run("chat")).isZero();
        assertThat(text(out)).isEqualTo("yes\nyes\n\n");
        assertThat(text(err))
                .contains("(thinking; --show-reasoning shows it)\n")
                .doesNotContain("it is");
        assertThat(asked.get(1).messages().get(1).content()).isEqualTo("yes");
        assertThat(run("chat", "--show-reasoning")).isZero();
        assertThat(text(err)).contains("it is so!\n").doesNotContain("(thinking");
    }

    private void refuses(String[] arguments, String... parts) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).startsWith("llm-adapt: ").contains(parts).hasLineCount(1);
    }

    private static void write(Path file, List<dev.llmadapt.Example> examples) throws IOException {
        StringBuilder csv = new StringBuilder("id,text,label\n");
        examples.forEach(example -> csv.append(example.id())
                .append(',')
                .append(example.input())
                .append(',')
                .append(example.output())
                .append('\n'));
        Files.writeString(file, csv);
    }
}
