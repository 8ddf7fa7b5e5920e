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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every assertion with an answer that keeps it and one that does not, both ways round by {@code not-}. */
class AssertionsTest {
    @TempDir
    Path folder;

    /** A similarity that counts equal first letters. */
    private static final class FirstLetter implements Metric {
        @Override
        public String name() {
            return "first letter";
        }

        @Override
        public double score(String expected, String actual) {
            return expected.charAt(0) == actual.charAt(0) ? 0.8 : 0.1;
        }
    }

    private Cell cell(String answer, String assertions) throws IOException {
        Files.writeString(folder.resolve("schema.json"), "{\"type\": \"object\", \"required\": [\"a\"]}");
        Files.writeString(folder.resolve("tests.yaml"), """
                prompts: ['Say {{ word }}']
                providers: [{id: fake, config: {inputCost: 0.001, outputCost: 0.002}}]
                tests:
                  - vars: {word: hello}
                """ + assertions.indent(4));
        PromptSuite suite = SuiteReader.read(folder.resolve("tests.yaml"), GenerationOptions.defaults());
        suite.requirePrices();
        AnsweringModel model = new AnsweringModel(request -> answer);
        SuiteRun run = new SuiteRun(suite, provider -> new SuiteRun.Tested("", model), null, Progress.NONE);
        Graders graders = new Graders(
                new FirstLetter(), SuiteRun.judge(new SuiteRun.Tested("", new AnsweringModel(request -> "")), null));
        return run.run(suite.render(), graders).rows().get(0).get(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "type: equals, value: hello ~ hello ~ Hello",
                "type: equals, value: '{{ word }}' ~ hello ~ hello!",
                "type: equals, value: 4 ~ 4 ~ 4.0",
                "type: equals, value: {a: 1, b: [x]} ~ {\"b\": [\"x\"], \"a\": 1.0} ~ {\"a\": 1}",
                "type: contains, value: ell ~ hello ~ HELLO",
                "type: icontains, value: ELL ~ hello ~ help",
                "type: contains-all, value: [he, lo] ~ hello ~ help",
                "type: contains-all, value: 'he, lo' ~ hello ~ help",
                "type: contains-any, value: [x, lo] ~ hello ~ help",
                "type: icontains-all, value: [HE, LO] ~ hello ~ help",
                "type: icontains-any, value: [X, LO] ~ hello ~ help",
                "type: starts-with, value: he ~ hello ~ the",
                "type: regex, value: 'l{2}o$' ~ hello ~ hello!",
                "type: is-json ~ {\"a\": [1, null]} ~ {a: 1}",
                "type: is-json ~ [1] ~ [1] and more",
                "type: is-json, value: {type: object, required: [a]} ~ {\"a\": 1} ~ {\"b\": 1}",
                "type: is-json, value: 'file://schema.json' ~ {\"a\": 1} ~ {\"b\": 1}",
                "type: is-json, value: '{\"type\": \"array\"}' ~ [] ~ {}",
                "type: contains-json ~ Here: {\"a\": \"}\"} ok ~ Here: {a} ok",
                "type: contains-json, value: {type: object, required: [a]} ~ [1] or {\"a\": 1} ~ {\"b\": 1} or {\"c\": 2}",
                "type: similar, value: hi ~ hello ~ yo",
                "type: similar, value: [x, hi], threshold: 0.5 ~ hello ~ yo",
                "type: 'similar:cosine', value: hi ~ hello ~ yo",
                "type: rouge-n, value: the cat sat ~ The cat sat. ~ a dog ran",
                "type: levenshtein, value: hello, threshold: 1 ~ hallo ~ hall",
                "type: finish-reason, value: stop ~ x ~ ",
                "type: latency, threshold: 40 ~ x ~ ",
                "type: cost, threshold: 0.02 ~ x ~ ",
                "type: tokens, threshold: 15 ~ x ~ ",
                "type: llm-rubric, value: is it good? ~ a good one ~ a bad one"
            })
    void assertion_isKeptOrNot(String assertion, String keeping, String failing) throws IOException {
        assertThat(cell(keeping, "assert: [{" + assertion + "}]").passed()).isTrue();
        String negated = assertion.replaceFirst("type: ('?)", "type: $1not-");
        Cell kept = cell(keeping, "assert: [{" + negated + "}]");
        assertThat(kept.passed()).isFalse();
        assertThat(ResultTable.reasons(kept)).singleElement().asString().contains("kept, which it must not be");
        if (failing != null) {
            // a rubric's question is the same for both, and has the word that the judge looks for in the answer alone
            Cell failed = cell(failing, "assert: [{" + assertion + "}]");
            assertThat(failed.passed()).isFalse();
            assertThat(ResultTable.reasons(failed)).hasSize(1);
            assertThat(cell(failing, "assert: [{" + negated + "}]").passed()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "type: finish-reason, value: length",
                "type: latency, threshold: 39",
                "type: cost, threshold: 0.0199",
                "type: tokens, threshold: 14"
            })
    void assertion_onWhatTheAnswerTook_fails(String assertion) throws IOException {
        assertThat(cell("x", "assert: [{" + assertion + "}]").passed()).isFalse();
    }

    @Test
    void score_isWeighted_andAThresholdIsEnough() throws IOException {
        String assertions = """
                assert:
                  - {type: contains, value: x, weight: 3}
                  - {type: contains, value: y}
                """;
        assertThat(cell("x", assertions).passed()).isFalse();
        assertThat(cell("x", assertions).score()).isEqualTo(0.75);
        assertThat(cell("x", "threshold: 0.75\n" + assertions).passed()).isTrue();
        assertThat(cell("x", "threshold: 0.76\n" + assertions).passed()).isFalse();
        assertThat(cell("x", "assert: [{type: contains, value: y, weight: 0, metric: style}]")
                        .passed())
                .isTrue();
        assertThat(cell("anything", "metadata: {a: b}").passed())
                .as("without assertions")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "type: javascript, value: 'output.length' ~ the assertion 'javascript' is not supported; supported are",
                "type: not-python, value: x ~ the assertion 'not-python' is not supported",
                "type: contans, value: x ~ the assertion 'contans' is not supported and not known",
                "type: contains ~ the assertion 'contains' needs a value",
                "type: contains, value: [x] ~ the value must be a text, got a list",
                "type: contains, value: x, threshold: 1 ~ the assertion 'contains' has no threshold",
                "type: latency ~ the assertion 'latency' needs a threshold",
                "type: latency, value: 3, threshold: 1 ~ the assertion 'latency' has no value, but a threshold",
                "type: contains, value: x, weight: -1 ~ the weight of 'contains' must not be negative",
                "type: contains, value: x, transform: y ~ 'transform' of the assertion 'contains' is not supported",
                "type: regex, value: '(' ~ '(' is no regular expression",
                "type: contains, value: '{{ other }}' ~ reads the variable 'other', which the test does not have; it has [word]",
                "type: is-json, value: {unevaluatedItems: false} ~ schema.unevaluatedItems is not supported",
                "type: is-json, value: 'file://none.json' ~ none.json is not there",
                "value: x ~ an assertion needs a type",
                "$ref: x ~ '$ref' is not supported"
            })
    void assertion_thatCannotBe_isRefusedByNameAndLine(String assertion, String message) {
        assertThatThrownBy(() -> cell("x", "assert: [{" + assertion + "}]"))
                .isInstanceOf(SuiteException.class)
                .hasMessageContaining("tests.yaml line 5")
                .hasMessageContaining(message);
    }

    @Test
    void cost_withoutPrices_isRefused() throws IOException {
        Files.writeString(folder.resolve("t.yaml"), """
                prompts: [x]
                providers: [fake]
                tests: [{assert: [{type: cost, threshold: 1}]}]
                """);
        PromptSuite suite = SuiteReader.read(folder.resolve("t.yaml"), GenerationOptions.defaults());
        assertThatThrownBy(suite::requirePrices)
                .hasMessageContaining("t.yaml line 3: the assertion 'cost' needs the prices of 'fake'");
    }

    @Test
    void rubric_seesTheQuestion() throws IOException {
        assertThat(List.of(cell("bad", "assert: [{type: llm-rubric, value: r, threshold: 0}]")
                        .score()))
                .allMatch(score -> score < 0.01);
    }
}
