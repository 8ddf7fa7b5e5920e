package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.local.checkpoint.TestFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonPatternTest {
    /** What {@code re} takes and this does not. */
    private static final Set<String> REFUSED = Set.of("a(?#c)");

    private static boolean matches(String pattern, String text) {
        return PythonPattern.compile(pattern).matches(text, new PythonPattern.Budget(1_000_000));
    }

    @Test
    void matches_recordedPatterns_asPython() {
        JsonObject recorded = Targets.recorded();
        List<String> texts = recorded.getAsJsonArray("texts").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
        int compared = 0;
        for (JsonElement row : recorded.getAsJsonArray("patterns")) {
            String pattern = row.getAsJsonObject().get("pattern").getAsString();
            JsonElement expected = row.getAsJsonObject().get("texts");
            if (expected.isJsonNull() || REFUSED.contains(pattern)) {
                assertThatThrownBy(() -> PythonPattern.compile(pattern))
                        .as(pattern)
                        .isInstanceOf(IllegalArgumentException.class);
                continue;
            }
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                if (matches(pattern, texts.get(i))) {
                    found.add(i);
                }
            }
            List<Integer> python = expected.getAsJsonArray().asList().stream()
                    .map(JsonElement::getAsInt)
                    .toList();
            assertThat(found).as(pattern).isEqualTo(python);
            compared++;
        }
        assertThat(compared).isGreaterThan(300);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+b",
                "(a|a)*b",
                "(a|aa)+b",
                "(.*)*b",
                "((a*)*)*b",
                "(.*.*.*.*.*.*.*.*)*b",
                "(?=(a+)+b)a*",
                "(a?){50}a{50}b",
                "((?=a*b)|a)*b",
                "(((((a*)*)*)*)*)*b"
            })
    void matches_patternsThatMakeOthersRunForEver_end(String pattern) {
        assertThat(matches(pattern, "a".repeat(200))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{100}){100}){100}",
                "(a{0,999999999}){999999999}",
                "a{999999999}",
                "((){999999999}){0,999999999}",
                "(?i)a",
                "(a)\\1",
                "(?P=a)",
                "a++",
                "(?>a)",
                "(?(1)a|b)",
                "\\",
                "[\\",
                "(?",
                "(?P<",
                "(?P<1>a)"
            })
    void compile_whatIsNotSupported_namesThePattern(String pattern) {
        assertThatThrownBy(() -> PythonPattern.compile(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(pattern);
    }

    @Test
    void compile_tooDeepOrTooLong_isRefused() {
        assertThatThrownBy(() -> PythonPattern.compile("(".repeat(100_000))).hasMessageContaining("nested");
        assertThatThrownBy(() -> PythonPattern.compile("(a".repeat(70) + ")".repeat(70)))
                .hasMessageContaining("nested");
        assertThatThrownBy(() -> PythonPattern.compile("a".repeat(200_000))).hasMessageContaining("too long");
        assertThat(matches("(a".repeat(50) + ")".repeat(50), "a".repeat(50))).isTrue();
    }

    @Test
    void matches_emptyRepetitions_end() {
        assertThat(matches("(){999999999}a", "a")).isTrue();
        assertThat(matches("(()*)*a", "a")).isTrue();
        assertThat(matches("((|a)*|b)*", "abab")).isTrue();
    }

    @Test
    void matches_budgetSpent_saysSo() {
        PythonPattern slow = PythonPattern.compile("(?:(?!.*b).)*b");
        assertThatThrownBy(() -> slow.matches("a".repeat(5000), new PythonPattern.Budget(100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void compile_onlyBraces_takesNoSquareOfTheirNumber() {
        String braces = "{".repeat(99_999) + "}";

        long before = TestFiles.allocatedBytes();
        assertThatThrownBy(() -> PythonPattern.compile(braces))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large");
        assertThat(TestFiles.allocatedBytes() - before).isLessThan(1_000_000_000);
        assertThat(matches("a{123456789,123456789x}", "a{123456789,123456789x}"))
                .isTrue();
    }
}
