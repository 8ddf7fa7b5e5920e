package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RegexesTest {
    private final Regexes regexes = new Regexes();
    private final CharacterCode code = CharacterCode.utf8(regexes);

    private Regex pattern(String pattern) {
        return PatternParser.whole(pattern, code);
    }

    private boolean matches(Regex regex, String text) {
        return regexes.matches(regex, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void or_equalParts_isTheSameObject() {
        assertThat(pattern("ab|cb")).isSameAs(pattern("[ac]b"));
        assertThat(regexes.or(pattern("x"), regexes.empty)).isSameAs(pattern("x"));
        assertThat(regexes.not(regexes.not(pattern("xy")))).isSameAs(pattern("xy"));
    }

    /** Random texts: the combination of two expressions matches what both say together. */
    @Test
    void andOrNot_anyText_isWhatThePartsSay() {
        Regex a = pattern("(ab|c)*");
        Regex b = pattern(".{2,4}");
        Regex and = regexes.and(a, b);
        Regex or = regexes.or(a, b);
        Regex minus = regexes.minus(a, b);
        Random random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(7); length > 0; length--) {
                text.append("abc".charAt(random.nextInt(3)));
            }
            boolean inA = matches(a, text.toString());
            boolean inB = matches(b, text.toString());
            assertThat(matches(and, text.toString())).as("and " + text).isEqualTo(inA && inB);
            assertThat(matches(or, text.toString())).as("or " + text).isEqualTo(inA || inB);
            assertThat(matches(minus, text.toString())).as("minus " + text).isEqualTo(inA && !inB);
        }
    }

    @Test
    void next_wayThatLeadsNowhere_isEmptyAtOnce() {
        Regex regex = regexes.and(pattern("(ab)*"), pattern(".{3}|abab"));
        assertThat(regexes.isEmpty(regex)).isFalse();
        assertThat(regexes.isEmpty(regexes.and(pattern("(ab)*"), pattern("..."))))
                .isTrue();
        Regex left = regexes.minus(pattern("a[bc]"), pattern("ab"));
        assertThat(regexes.next(regexes.next(left, 'a'), 'b')).isSameAs(regexes.empty);
        Regex never = regexes.and(pattern("a.*"), regexes.not(pattern("a.*")));
        assertThat(regexes.next(never, 'a')).isSameAs(regexes.empty);
    }

    @Test
    void literals_manyTexts_matchesThoseOnly() {
        Regex regex = regexes.literals(Stream.of("car", "cat", "c", "dog")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList());
        for (String text : List.of("car", "cat", "c", "dog")) {
            assertThat(matches(regex, text)).as(text).isTrue();
        }
        assertThat(matches(regex, "ca")).isFalse();
        assertThat(matches(regex, "cars")).isFalse();
    }

    @Test
    void isEmpty_costlyCombination_isRefused() {
        List<Regex> parts = new ArrayList<>();
        for (String sets : List.of("ab", "cd", "ef", "gh")) { // no text has as many of each as the lengths ask for
            parts.add(pattern("(.{30}[" + sets + "]|.{7}){1,200}[" + sets + "].{20}"));
            parts.add(regexes.not(pattern(".*[" + sets + "].{23}")));
        }
        assertThatThrownBy(() -> regexes.isEmpty(regexes.and(parts)))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("takes too long");
    }

    @Test
    void make_moreExpressionsThanAllowed_isRefused() {
        assertThatThrownBy(() -> {
                    for (int i = 0; i <= Regexes.MAX_EXPRESSIONS; i++) {
                        regexes.repeat(regexes.literal("ab"), i, Regex.UNBOUNDED);
                    }
                })
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("more than");
    }
}
