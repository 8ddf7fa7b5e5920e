package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternParserTest {
    private static boolean found(String pattern, String text) {
        CharacterCode code = CharacterCode.utf8(new Regexes());
        return code.regexes().matches(PatternParser.found(pattern, code), text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean whole(String pattern, String text) {
        CharacterCode code = CharacterCode.utf8(new Regexes());
        return code.regexes().matches(PatternParser.whole(pattern, code), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Patterns whose meaning is the same to java.util.regex. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "^a",
                "a$",
                "^a$",
                "^a|b$",
                "(^a|b$)c?",
                "^(^a$)$",
                "^^a$$",
                "a{2,3}",
                "^a{2,}$",
                "^(a|bc)*$",
                "^[^a]+$",
                "^[a-b]?c",
                "a.c",
                "^(?:a|b)+c$",
                "(?<n>a)b",
                "a|",
                "^$",
                "^$|b",
                "^(a?b?){2}$",
                "^[\\w.]+$",
                "\\Sa",
                "^\\d*$",
                "^a+?b",
                "(a$|b)c",
                "[]a]"
            })
    void found_anyText_isAsJavaHasIt(String pattern) {
        CharacterCode code = CharacterCode.utf8(new Regexes());
        String forJava = pattern.equals("[]a]") ? "(?!)a\\]" : pattern;
        Regex regex = PatternParser.found(pattern, code);
        Pattern java = Pattern.compile(forJava);
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(6); length > 0; length--) {
                text.append("abc1 .".charAt(random.nextInt(6)));
            }
            assertThat(code.regexes().matches(regex, text.toString().getBytes(StandardCharsets.UTF_8)))
                    .as(pattern + " in '" + text + "'")
                    .isEqualTo(java.matcher(text).find());
        }
    }

    @Test
    void found_unicode_isByCodePoints() {
        assertThat(found("^.$", "\uD83D\uDE00")).isTrue();
        assertThat(found("^[\u00e0-\u00ff]$", "\u00e9")).isTrue();
        assertThat(found("^[^\u00e0-\u00ff]$", "\u00e9")).isFalse();
        assertThat(found("^\\u00e9\\u{1F600}$", "\u00e9\uD83D\uDE00")).isTrue();
        assertThat(found("^\\p{Lu}\\p{L}+$", "\u00c9t\u00e9")).isTrue();
        assertThat(found("^\\p{Script=Greek}$", "\u03b1")).isTrue();
        assertThat(found("^\\P{L}$", "x")).isFalse();
        assertThat(found("^.$", "\u2028")).as("a line separator").isFalse();
        assertThat(found("^\\s$", "\uFEFF")).isTrue();
    }

    @Test
    void found_braceThatIsNoQuantifier_isACharacter() {
        assertThat(found("^{a}$", "{a}")).isTrue();
        assertThat(found("^\\$\\{x\\}$", "${x}")).isTrue();
    }

    @Test
    void whole_matchesFromTheFirstToTheLastCharacter() {
        assertThat(whole("a|bc", "bc")).isTrue();
        assertThat(whole("a|bc", "abc")).isFalse();
        assertThat(whole("^a$", "a")).isTrue();
        assertThat(whole("[a-z]*b", "aabb")).as("not only the longest way").isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a(?=b); look-ahead",
                "(?!a)b; look-ahead",
                "(?<=a)b; look-behind",
                "(a)\\1; back reference",
                "(?<x>a)\\k<x>; back reference",
                "\\bword; word boundary",
                "(?i)a; kind",
                "(a; does not end",
                "a); unmatched",
                "[a; does not end",
                "*a; nothing before",
                "a**; quantifier of a quantifier",
                "a{3,2}; out of order",
                "[b-a]; out of order",
                "a{99999}; more than",
                "\\A; does not have",
                "\\ud83d; surrogate",
                "\\p{Klingon}; unknown category",
                "\\; backslash"
            })
    void found_notSupportedOrBroken_isRefusedByName(String pattern, String word) {
        assertThatThrownBy(() -> found(pattern, ""))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining(word)
                .hasMessageContaining("position");
    }

    @Test
    void found_manyGroups_isRefused() {
        assertThatThrownBy(() -> found("(".repeat(1000) + ")".repeat(1000), ""))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("groups within each other");
    }
}
