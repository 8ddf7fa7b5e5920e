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
                "(?R); kind",
                "(?&a)b; kind",
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

    /** A message says what is refused, where it begins, and what to write instead. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "(?i)abc; an inline flag, '(?i)'; 0; [Aa] for a",
                "a(?i:bc); an inline flag, '(?i:...)'; 1; [Aa] for a",
                "x(?s).; an inline flag, '(?s)'; 1; [\\s\\S]",
                "(?m)^a; an inline flag, '(?m)'; 0; (^|\\n)",
                "(?x)a b; an inline flag, '(?x)'; 0; without blanks",
                "(?-i)a; an inline flag, '(?-i)'; 0; leave it out",
                "a(?=b); a look-ahead; 1; check the answer",
                "ab(?<!b)c; a look-behind; 2; check the answer",
                "(a)b\\1; a back reference; 4; write the texts",
                "a\\b; a word boundary; 1; write the characters",
                "a(?>b); an atomic group; 1; write (?:...)",
                "ab++; a possessive quantifier; 3; leave the second '+' out",
                "(?P<x>a); a named group in the notation of Python; 0; write (?<",
                "a(?#b); a comment; 1; leave it out",
                "\\Aab; an escape '\\A'; 0; write ^",
                "ab\\z; an escape '\\z'; 2; write $"
            })
    void found_notSupported_saysWhereAndWhatToWriteInstead(String pattern, String what, int position, String next) {
        assertThatThrownBy(() -> found(pattern, ""))
                .isInstanceOf(ConstraintException.class)
                .hasMessageStartingWith("pattern '" + pattern + "': " + what)
                .hasMessageContaining(" at position " + position + "; ")
                .hasMessageContaining(next);
    }

    @Test
    void found_manyGroups_isRefused() {
        assertThatThrownBy(() -> found("(".repeat(1000) + ")".repeat(1000), ""))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("groups within each other");
    }
}
