package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.cli.prompts.AnsweringModel;
import dev.llmadapt.cli.terminal.TerminalKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

class PromptsTestCommandTest extends CommandLineTest {
    @TempDir
    Path folder;

    private final List<AnsweringModel> opened = new ArrayList<>();

    /** Runs a command with models that answer in French, and that are told apart by their sources. */
    private int runs(String... arguments) {
        out.reset();
        err.reset();
        ModelLoader loader = new ModelLoader() {
            @Override
            public Model open(ModelChoice choice, Progress progress) {
                AnsweringModel model = new AnsweringModel(PromptsTestCommandTest::answer);
                opened.add(model);
                return model;
            }

            @Override
            public ModelFiles files(ModelChoice choice, Progress progress) {
                return new ModelFiles(1, "content of " + choice.source());
            }
        };
        return Main.run(
                arguments,
                new CommandContext(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        TerminalKind.PLAIN,
                        "./llm-adapt",
                        home,
                        loader));
    }

    private static String answer(Request request) {
        String question = request.last().content();
        return question.contains("Hello")
                ? "Bonjour monde"
                : question.contains("German") ? "<wie geht>" : "ça va & toi";
    }

    private String copied() throws IOException {
        for (String name : List.of("promptfooconfig.yaml", "chat.json")) {
            try (InputStream in = AnsweringModel.class.getResourceAsStream(name)) {
                Files.write(folder.resolve(name), Objects.requireNonNull(in).readAllBytes());
            }
        }
        return folder.resolve("promptfooconfig.yaml").toString();
    }

    private String write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("tests.yaml"), yaml).toString();
    }

    @Test
    void test_aFileOfPromptfoo_isReadAsIs() throws Exception {
        String file = copied();
        Path json = folder.resolve("out.json");
        Path xml = folder.resolve("out.xml");
        Path html = folder.resolve("out.html");
        assertThat(runs(
                        "prompts",
                        "test",
                        file,
                        "--model",
                        "default",
                        "--json",
                        json.toString(),
                        "--junit",
                        xml.toString(),
                        "--html",
                        html.toString()))
                .as(text(err))
                .isZero();
        assertThat(text(err))
                .contains("note: --model takes the place of the providers of", "openai:gpt-5-mini, gemini");
        assertThat(text(out)).startsWith("""
                [1] Convert this English to {{language}}:... · smollm2-135m
                [2] chat.json · smollm2-135m

                test                                      [1]     [2]
                1 Translate a greeting                    pass    pass
                2 language=French, input=How's it going?  pass    pass
                3 language=German, input=How's it going?  pass    pass
                passed                                    3 of 3  3 of 3
                """);
        JsonObject root = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        JsonArray results = root.getAsJsonArray("results");
        assertThat(results).hasSize(6);
        Element suites = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(xml.toFile())
                .getDocumentElement();
        assertThat(suites.getElementsByTagName("testsuite").getLength()).isEqualTo(2);
        assertThat(suites.getElementsByTagName("testcase").getLength()).isEqualTo(6);
        assertThat(Files.readString(html))
                .contains("&lt;wie geht&gt;", "ça va &amp; toi")
                .doesNotContain("<script", "<wie");
        assertThat(opened.get(0).asked.get(1).messages()).hasSize(1);
        assertThat(opened.get(0).asked)
                .anySatisfy(request -> assertThat(request.messages())
                        .containsExactly(
                                Message.system("You translate into German."), Message.user("How's it going?")));
    }

    @Test
    void test_sameAnswersAgain_areNotAskedAgain() throws IOException {
        String file = write("""
                prompts: ['{{ q }}', 'Again: {{ q }}']
                providers: [{id: default, config: {max_tokens: 7, stop: ['.']}}]
                tests:
                  - vars: {q: Hello}
                    assert: [{type: contains, value: Bonjour}]
                  - vars: {q: What}
                    assert: [{type: contains, value: Bonjour}]
                """);
        assertThat(runs("prompts", "test", file)).isEqualTo(1);
        assertThat(text(out))
                .contains(
                        "FAIL: test 2 (q=What) [1]\n  contains (",
                        "tests.yaml line 7): the answer must contain 'Bonjour'\n  answer: ça va & toi\n");
        assertThat(opened).hasSize(1);
        assertThat(opened.get(0).asked).hasSize(4);
        assertThat(opened.get(0).asked.get(0).options().maxTokens()).isEqualTo(7);
        String first = text(out);
        assertThat(runs("prompts", "test", file)).isEqualTo(1);
        assertThat(opened).as("models opened").hasSize(1);
        assertThat(text(out)).isEqualTo(first);
        assertThat(folder.resolve(".prompt-answers")).isDirectory();
        runs("prompts", "test", write(Files.readString(Path.of(file)).replace("max_tokens: 7", "max_tokens: 8")));
        assertThat(opened).as("with other options").hasSize(2);
        runs("prompts", "test", file, "--model", "hf:a/b");
        assertThat(opened).as("of another model").hasSize(3);
        runs("prompts", "test", file, "--no-cache");
        runs("prompts", "test", file, "--no-cache");
        assertThat(opened).as("without a cache").hasSize(5);
        runs("prompts", "test", write(Files.readString(Path.of(file)) + "evaluateOptions: {cache: false}\n"));
        assertThat(opened).as("where the file wants none").hasSize(6);
    }

    @Test
    void test_latency_isMeasuredAndNotRemembered() throws IOException {
        String file = write("""
                prompts: [Hello]
                providers: [default]
                tests: [{assert: [{type: latency, threshold: 100}]}]
                """);
        assertThat(runs("prompts", "test", file)).as(text(err)).isZero();
        assertThat(runs("prompts", "test", file)).isZero();
        assertThat(opened).hasSize(2);
    }

    @Test
    void test_rubric_isGradedByTheJudge_once() throws IOException {
        String file = write("""
                prompts: ['{{ q }}']
                providers: [default]
                tests:
                  - vars: {q: Hello}
                    assert: [{type: llm-rubric, value: Is it short?}]
                """);
        refuses("llm-rubric needs a model that grades; name it with --judge SOURCE", "prompts", "test", file);
        assertThat(runs("prompts", "test", file, "--judge", "hf:a/judge")).isEqualTo(1);
        assertThat(text(out)).contains("llm-rubric (", "the grade is 0.000, expected at least 0.5");
        assertThat(opened).hasSize(2);
        assertThat(opened.get(1).asked.get(0).messages().get(0)).isEqualTo(Message.system("Is it short?"));
        assertThat(runs("prompts", "test", file, "--judge", "hf:a/judge")).isEqualTo(1);
        assertThat(opened).hasSize(2);
        String named = write(Files.readString(Path.of(file)) + "defaultTest: {options: {provider: 'openai:gpt-4'}}\n");
        refuses("line 6: the provider 'openai:gpt-4' is no model of this program", "prompts", "test", named);
    }

    @Test
    void test_longPaths_areShortInTablesAndWholeInJson() throws IOException {
        for (String in : List.of("p", "q")) {
            Files.createDirectories(folder.resolve(in));
            Files.writeString(folder.resolve(in + "/a.txt"), "Hello {{ name }}");
        }
        Path model = Files.createFile(
                Files.createDirectories(folder.resolve("models/long")).resolve("tiny.gguf"));
        Path json = folder.resolve("out.json");
        Path xml = folder.resolve("out.xml");
        String file = write("""
                prompts: ['file://p/a.txt', 'file://q/a.txt']
                providers: ['%s']
                tests: [{vars: {name: Ann}}]
                """.formatted(model));
        assertThat(runs("prompts", "test", file, "--json", json.toString(), "--junit", xml.toString()))
                .as(text(err))
                .isZero();
        assertThat(text(out)).startsWith("[1] p/a.txt · tiny\n[2] q/a.txt · tiny\n");
        assertThat(Files.readString(xml))
                .contains("classname=\"p/a.txt · tiny\"")
                .doesNotContain(model.toString());
        JsonObject root = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        JsonObject first = root.getAsJsonArray("results").get(0).getAsJsonObject();
        assertThat(first.get("model").getAsString()).isEqualTo(model.toString());
        assertThat(first.get("source").getAsString()).isEqualTo(model.toString());
    }

    @Test
    void test_promptFilesChatsAndFolders_arePrompts() throws IOException {
        Files.createDirectories(folder.resolve("p"));
        Files.writeString(folder.resolve("p/a.txt"), "Hello {{ name }}\n---\nBye {{ name }}\n");
        Files.writeString(
                folder.resolve("p/b.prompty"),
                "---\ninputs:\n  name:\n---\nsystem:\nBe kind.\nuser:\nHello {{ name }}\n");
        Files.writeString(
                folder.resolve("p/c.yaml"),
                "- role: system\n  content: Be {{ name }}.\n- role: user\n  content: Hello\n");
        Files.writeString(
                folder.resolve("p/d.json"),
                "[{% for n in names %}{\"role\": \"user\", \"content\": \"Hello {{ n }}\"}{{ ',' if not loop.last }}{% endfor %}]");
        Files.writeString(
                folder.resolve("cases.yaml"),
                "- vars: {name: Ann, names: [x, y]}\n  options: {disableVarExpansion: true}\n");
        String file = write("""
                prompts: ['file://p/*', {label: mine, raw: 'Say {{ name }}'}]
                targets: [default]
                tests: file://cases.yaml
                """);
        assertThat(runs("prompts", "test", file)).as(text(err)).isZero();
        assertThat(text(out))
                .startsWith("[1] a.txt 1 · default\n[2] a.txt 2 · default\n[3] b · default\n[4] c.yaml · ")
                .contains("[6] mine · default\n");
        assertThat(opened.get(0).asked.stream()
                        .map(request -> request.messages().stream()
                                .map(message -> message.role().key() + " " + message.content())
                                .toList()))
                .containsExactly(
                        List.of("user Hello Ann"),
                        List.of("user Bye Ann"),
                        List.of("system Be kind.", "user Hello Ann"),
                        List.of("system Be Ann.", "user Hello"),
                        List.of("user Hello x", "user Hello y"),
                        List.of("user Say Ann"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "extensions: [] ~ tests.yaml line 1: 'extensions' of a test file is not supported, expected description,",
                "evaluateOptions: {repeat: 3} ~ 'repeat' of evaluateOptions is not supported",
                "defaultTest: {options: {transform: x}} ~ 'transform' of the options of a test is not supported",
                "defaultTest: {vars: {a: '{{ b }}'}} ~ the variable 'a' holds a template, which is not filled in here",
                "defaultTest: {vars: {a: yes, b: true}} ~ the variable 'b' is true, which templates write in another way",
                "defaultTest: {vars: {a: 'file://x.py'}} ~ 'file://x.py' is not supported here, expected a file that ends in",
                "providers: ['openai:gpt-4o'] ~ line 1: the provider 'openai:gpt-4o' is no model of this program",
                "providers: [{id: default, config: {apiKey: x}}] ~ 'apiKey' of the config of 'default' is not supported",
                "providers: [{id: default, config: {max_tokens: 1.5}}] ~ max_tokens must be a whole number, got '1.5'",
                "providers: [{id: default, config: {temperature: -1}}] ~ temperature must be in [0, 100]",
                "providers: [{id: default, delay: 5}] ~ 'delay' of a provider is not supported",
                "a: [ ~ tests.yaml line",
                "description: a\\ndescription: b ~ tests.yaml line 2: the key 'description' stands twice",
                "description: !x a ~ the tag !x is not supported"
            })
    void test_whatIsNotSupported_isRefusedByNameAndLine(String line, String message) throws IOException {
        String providers = line.startsWith("providers") ? "" : "providers: [default]\n";
        String file = write(line.replace("\\n", "\n") + "\n" + providers + "prompts: [x]\ntests: [{vars: {c: d}}]\n");
        refuses(message, "prompts", "test", file);
    }

    @Test
    void test_anchorsAndMergeKeys_areYaml() throws IOException {
        String file = write("""
                prompts: ['{{ a }} {{ b }}']
                providers: [default]
                tests:
                  - vars: &first {a: Hello, b: x}
                    assert: &same [{type: contains, value: Bonjour}]
                  - vars: {<<: *first, b: y}
                    assert: *same
                """);
        assertThat(runs("prompts", "test", file)).as(text(err)).isZero();
        assertThat(opened.get(0).asked.stream().map(request -> request.last().content()))
                .containsExactly("Hello x", "Hello y");
    }

    @Test
    void test_whatDoesNotFit_isRefusedBeforeAModelIsOpened() throws IOException {
        refuses(
                "cannot be read: not there",
                "prompts",
                "test",
                folder.resolve("none.yaml").toString());
        refuses(
                "prompt 'Say {{ word }}': no value for the variable 'word' of the prompt at",
                "prompts",
                "test",
                write("prompts: ['Say {{ word }}']\nproviders: [default]\ntests: [{vars: {wrd: x}}]\n"));
        refuses(
                "names no providers; name a model with --model",
                "prompts",
                "test",
                write("prompts: [x]\ntests: [{vars: {a: b}}]\n"));
        String file = write("prompts: [file://p.js]\nproviders: [default]\ntests: [{vars: {a: b}}]\n");
        refuses("'file://p.js' is not supported here, expected a file that ends in", "prompts", "test", file);
        String fine = write("prompts: [x]\nproviders: [default]\ntests: [{vars: {a: b}}]\n");
        refuses("--judge grades for llm-rubric, which no test", "prompts", "test", fine, "--judge", "default");
        refuses("--no-cache keeps no answers", "prompts", "test", fine, "--cache", "x", "--no-cache");
        refuses(
                "--junit",
                "prompts",
                "test",
                fine,
                "--junit",
                folder.resolve("no/x.xml").toString());
    }

    @Test
    void test_aModelThatRefuses_isAnError() throws IOException {
        String file = write("prompts: [x]\nproviders: [default]\ntests: [{vars: {a: b}}]\n");
        Path xml = folder.resolve("out.xml");
        models = (choice, progress) -> new AnsweringModel(request -> {
            throw new IllegalArgumentException("the prompt is too long");
        });
        assertThat(run("prompts", "test", file, "--junit", xml.toString())).isEqualTo(1);
        assertThat(text(out)).contains("ERROR: test 1 (a=b) [1]\n  the prompt is too long\n");
        assertThat(Files.readString(xml))
                .contains("failures=\"0\" errors=\"1\"", "<error message=\"the prompt is too long\">");
        models = (choice, progress) -> new AnsweringModel(request -> {
            throw new LlmAdaptException("the model refused to answer");
        });
        assertThat(run("prompts", "test", file)).isEqualTo(1);
        assertThat(text(out)).contains("ERROR: test 1 (a=b) [1]\n  the model refused to answer\n");
    }

    @Test
    void test_aModelThatCannotBeAsked_endsTheTests() throws IOException {
        String file = write("prompts: [x]\nproviders: [default]\ntests: [{vars: {a: b}}]\n");
        models = (choice, progress) -> new AnsweringModel(request -> {
            throw new UnavailableException("nobody answers at the address");
        });
        assertThat(run("prompts", "test", file)).isEqualTo(2);
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).contains("nobody answers at the address");
    }
}
