package dev.llmadapt.cli.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Metric;
import dev.llmadapt.Progress;
import dev.llmadapt.cli.prompts.SuiteResult.Cell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests in CSV files, scenarios, and sets of assertions. */
class SuiteFilesTest {
    @TempDir
    Path folder;

    private PromptSuite read(String rest) throws IOException {
        Files.writeString(
                folder.resolve("tests.yaml"), "prompts: ['{{ a }}']\nproviders: [fake]\n" + rest.replace("\\n", "\n"));
        return SuiteReader.read(folder.resolve("tests.yaml"), GenerationOptions.defaults());
    }

    private PromptSuite csv(String text) throws IOException {
        Files.writeString(folder.resolve("tests.csv"), text.replace("\\n", "\n"));
        return read("tests: file://tests.csv");
    }

    private static List<Cell> run(PromptSuite suite) {
        AnsweringModel model =
                new AnsweringModel(request -> request.messages().get(0).content());
        SuiteRun run = new SuiteRun(suite, provider -> new SuiteRun.Tested("", model), null, Progress.NONE);
        Graders graders = new Graders(Metric.exactMatch(), SuiteRun.judge(new SuiteRun.Tested("", model), null));
        return run.run(suite.render(), graders).rows().stream()
                .map(row -> row.get(0))
                .toList();
    }

    @Test
    void csv_rowsAreTests() throws IOException {
        PromptSuite suite = csv("""
                a,b,__expected1,__expected10,__expected2,__description,__metric,__threshold,__metadata:kind
                "x, y",1,contains: x,,icontains:Y,first,style,0.5,m
                é,,é,,,,,,
                "{""k"": 1}",,is-json,,not-contains-any:p;q,,,,
                """);
        assertThat(suite.tests()).hasSize(3);
        PromptSuite.Test first = suite.tests().get(0);
        assertThat(first.name()).isEqualTo("first");
        assertThat(first.variables()).containsExactly(java.util.Map.entry("a", "x, y"), java.util.Map.entry("b", "1"));
        assertThat(first.threshold()).contains(0.5);
        assertThat(first.place()).endsWith("tests.csv line 2");
        assertThat(first.assertions()).extracting(Asserted::name).containsExactly("contains", "icontains");
        assertThat(first.assertions()).extracting(Asserted::metric).containsOnly("style");
        assertThat(suite.tests().get(1).assertions()).extracting(Asserted::name).containsExactly("equals");
        assertThat(suite.tests().get(2).assertions())
                .extracting(Asserted::name)
                .containsExactly("is-json", "not-contains-any");
        assertThat(run(suite)).allMatch(Cell::passed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "equals: x ~ x ~ y",
                "x ~ x ~ xx",
                "levenshtein(1):xy ~ x ~ abc",
                "levenshtein:xy ~ xy ~ x",
                "starts-with:x ~ xy ~ yx",
                "not-contains:x ~ y ~ x",
                "contains-all: x, y ~ yx ~ x",
                "regex:^x+$ ~ xx ~ y",
                "is-json:{\"type\": \"array\"} ~ [] ~ {}",
                "latency(40) ~ x ~ ",
                "note: two words ~ note: two words ~ two words"
            })
    void csv_shortForm_isAnAssertion(String assertion, String keeping, String failing) throws IOException {
        String quoted = assertion.replace("\"", "\"\"");
        assertThat(run(csv("a;__expected\n" + keeping + ";\"" + quoted + "\"\n"))
                        .get(0)
                        .passed())
                .isTrue();
        if (failing != null) {
            assertThat(run(csv("a;__expected\n" + failing + ";\"" + quoted + "\"\n"))
                            .get(0)
                            .passed())
                    .isFalse();
        }
    }

    @Test
    void csv_thresholds_areOfTheirAssertion() throws IOException {
        PromptSuite suite =
                csv("a,__expected1,__expected2,__config:__expected2:threshold\nabc,x,levenshtein:x,3\nabc,abc,,\n");
        assertThat(run(suite).get(0).checks())
                .extracting(SuiteResult.Checked::passed)
                .containsExactly(false, true);
        assertThat(run(suite).get(1).passed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "a,__prefix\\nx,y ~ the column '__prefix' is not supported, write it in the prompt",
                "a,__providerOutput\\nx,y ~ the column '__providerOutput' is not supported, expected variables",
                "a,__config:__expected:weight\\nx,1 ~ the column '__config:__expected:weight' is not supported",
                "a,_expected\\nx,y ~ the column '_expected' would be a variable; write '__expected'",
                "a,__expected\\nx,javascript:true ~ line 2: the assertion 'javascript' is not supported",
                "a,__expected\\nx,fn:true ~ line 2: the assertion 'javascript' is not supported",
                "a,__expected\\nx,contain:y ~ 'contain' is no assertion, is 'contains' meant?",
                "a,__expected\\nx,contains: ~ line 2: the assertion 'contains' needs a value",
                "a,__expected\\nx,latency ~ the assertion 'latency' needs a threshold",
                "a,__expected\\nx,contains(2):y ~ the assertion 'contains' has no threshold",
                "a,__threshold\\nx,high ~ '__threshold' must be a number, got 'high'",
                "a,__expected,__config:__expected:threshold\\nx,,1 ~ a threshold for '__expected', which has no assertion",
                "a,b\\nx ~ line 2: got 1 fields, expected 2",
                "a\\n{{ b }} ~ line 2: the variable 'a' holds a template",
                "a,a\\nx,y ~ two columns are called 'a'",
                "a ~ there is no test"
            })
    void csv_whatIsNotSupported_isRefusedByNameAndLine(String text, String message) {
        assertThatThrownBy(() -> csv(text)).isInstanceOf(SuiteException.class).hasMessageContaining(message);
    }

    @Test
    void scenarios_askEachTestWithEachSet() throws IOException {
        Files.writeString(folder.resolve("more.csv"), "b\n3\n4\n");
        PromptSuite suite = read("""
                defaultTest: {vars: {c: 0}, assert: [{type: contains, value: '{{ a }}'}]}
                tests: [{vars: {a: plain}}]
                scenarios:
                  - description: numbers
                    config:
                      - vars: {b: 1}
                      - vars: {b: [2, 5], c: 9}
                    tests:
                      - vars: {a: x}
                        assert: [{type: equals, value: 'x'}]
                      - vars: {a: y, b: 7}
                  - config: [{vars: {a: alone}}]
                  - config: file://more.csv
                    tests: [{vars: {a: z}}]
                """);
        assertThat(suite.tests())
                .extracting(test -> test.variables().toString())
                .containsExactly(
                        "{c=0, a=plain}",
                        "{c=0, b=1, a=x}",
                        "{c=0, b=7, a=y}",
                        "{c=9, b=2, a=x}",
                        "{c=9, b=5, a=x}",
                        "{c=9, b=7, a=y}",
                        "{c=0, a=alone}",
                        "{c=0, b=3, a=z}",
                        "{c=0, b=4, a=z}");
        assertThat(suite.tests().get(1).assertions()).hasSize(2);
        assertThat(run(suite)).allMatch(Cell::passed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "scenarios: [{tests: [{vars: {a: x}}]}] ~ a scenario needs a 'config'",
                "scenarios: [{config: [{vars: {a: x}, assert: []}]}] ~ 'assert' of the config of a scenario is not supported",
                "scenarios: [{config: [{vars: {a: x}}], options: {}}] ~ 'options' of a scenario is not supported",
                "scenarios: [{config: []}] ~ there is no test in the scenario",
                "description: x ~ needs 'prompts', and 'tests' or 'scenarios'"
            })
    void scenarios_whatIsNotSupported_isRefusedByName(String rest, String message) {
        assertThatThrownBy(() -> read(rest)).isInstanceOf(SuiteException.class).hasMessageContaining(message);
    }

    @Test
    void unread_variableThatNothingReads_isTold() throws IOException {
        PromptSuite suite = read("""
                tests:
                - vars: {a: x, tnoe: rude, b: y}
                  assert:
                  - {type: contains, value: '{{ b }}'}
                - vars: {a: z, b: y}
                """);
        assertThat(suite.unread()).containsOnlyKeys("tnoe", "b");
        assertThat(suite.unread().get("tnoe")).contains("line");
        assertThat(read("tests:\n- vars: {a: x}\n").unread()).isEmpty();
    }

    @Test
    void assertSet_countsAsOne() throws IOException {
        String set = """
                tests:
                - vars: {a: x}
                  assert:
                  - type: assert-set
                    metric: m
                    %s
                    assert:
                    - {type: contains, value: x, weight: 3}
                    - {type: contains, value: '{{ a }}y'}
                  - {type: equals, value: x}
                """;
        Cell all = run(read(set.formatted("weight: 1"))).get(0);
        assertThat(all.passed()).isFalse();
        assertThat(all.score()).isEqualTo((0.75 + 1) / 2);
        assertThat(all.checks()).hasSize(2);
        SuiteResult.Checked checked = all.checks().get(0);
        assertThat(checked.score()).isEqualTo(0.75);
        assertThat(checked.assertion().metric()).isEqualTo("m");
        assertThat(checked.parts()).extracting(SuiteResult.Checked::passed).containsExactly(true, false);
        assertThat(ResultTable.reasons(all))
                .singleElement()
                .asString()
                .contains("assert-set (", "all must be kept; contains (", "the answer must contain 'xy'");
        assertThat(run(read(set.formatted("threshold: 0.75"))).get(0).passed()).isTrue();
        Cell short_ = run(read(set.formatted("threshold: 0.8"))).get(0);
        assertThat(ResultTable.reasons(short_).get(0)).contains("the score is 0.750, expected at least 0.8");
        Cell measured = run(read(set.formatted("weight: 0"))).get(0);
        assertThat(measured.passed()).isTrue();
        assertThat(measured.score()).isEqualTo(1);
        assertThat(
                        read("tests: [{vars: {a: x}, assert: [{type: assert-set, assert: [{type: latency, threshold: 1}]}]}]")
                                .asserts("latency"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "type: assert-set ~ an assert-set needs assertions in its 'assert'",
                "type: assert-set, assert: [] ~ an assert-set needs assertions in its 'assert'",
                "type: assert-set, assert: [{type: assert-set, assert: []}] ~ an assert-set within an assert-set",
                "type: assert-set, assert: [{type: python, value: x}] ~ the assertion 'python' is not supported",
                "type: assert-set, value: x, assert: [{type: is-json}] ~ 'value' of an assert-set is not supported",
                "type: assert-set, weight: -1, assert: [{type: is-json}] ~ the weight of 'assert-set' must not be negative",
                "type: not-assert-set, assert: [] ~ the assertion 'not-assert-set' is not supported"
            })
    void assertSet_whatIsNotSupported_isRefusedByName(String assertion, String message) {
        assertThatThrownBy(() -> read("tests: [{vars: {a: x}, assert: [{" + assertion + "}]}]"))
                .isInstanceOf(SuiteException.class)
                .hasMessageContaining(message);
    }

    @Test
    void results_showTheAssertionsOfASet() throws IOException {
        PromptSuite suite = read("tests: [{vars: {a: x}, assert: [{type: assert-set, assert:"
                + " [{type: contains, value: x}, {type: contains, value: y}]}]}]");
        AnsweringModel model = new AnsweringModel(request -> "x");
        SuiteResult result = new SuiteRun(suite, provider -> new SuiteRun.Tested("", model), null, Progress.NONE)
                .run(suite.render(), new Graders(Metric.exactMatch(), (rubric, question, answer) -> 0));
        assertThat(ResultJson.write(result)).containsPattern("(?s)\"type\": \"assert-set\".*\"type\": \"contains\"");
        assertThat(ResultPage.write(result))
                .containsPattern("(?s)assert-set</span> 0.500<ul.*contains</span>.*</ul></li></ul>");
        assertThat(Optional.of(ResultJunit.write(result)).get()).contains("failures=\"1\"");
    }
}
