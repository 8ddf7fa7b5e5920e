package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrammarCompilerTest {
    private static final String ARITHMETIC = """
            # sums of products
            root  ::= (expr "=" ws term "\\n")+
            expr  ::= term ([-+*/] term)*
            term  ::= ident | num | "(" ws expr ")" ws
            ident ::= [a-z] [a-z0-9_]* ws
            num   ::= [0-9]+ ws
            ws    ::= [ \\t\\n]*
            """;

    private static boolean fits(String grammar, String text) {
        return Tokens.fits(CompiledConstraint.grammar(grammar, Tokens.BYTES), text);
    }

    @Test
    void grammar_recursiveRules_areRead() {
        assertThat(fits(ARITHMETIC, "x = 1\n")).isTrue();
        assertThat(fits(ARITHMETIC, "x=1\n")).isTrue();
        assertThat(fits(ARITHMETIC, "(a +(b*2)) /3 = c\n")).isTrue();
        assertThat(fits(ARITHMETIC, "(a +(b*2) /3 = c\n")).isFalse();
    }

    @Test
    void grammar_quantifiersEscapesAndClasses_areRead() {
        assertThat(fits("root ::= \"a\"{2,3} [^x]? (\"b\" | \"\")", "aab")).isTrue();
        assertThat(fits("root ::= \"a\"{2,3}", "aaaa")).isFalse();
        assertThat(fits("root ::= \"a\"{2,}", "aaaa")).isTrue();
        assertThat(fits("root ::= \"\\x41\\u00e9\\U0001F600\\\"\\\\\"", "A\u00e9\uD83D\uDE00\"\\"))
                .isTrue();
        assertThat(fits("root ::= [\\]\\-a]+ .", "]-a\n")).isTrue();
        assertThat(fits("root ::=\n  \"a\"\n  | \"b\" # or\n\nother ::= \"c\"", "b"))
                .isTrue();
        assertThat(fits("root ::= [a-z]* \"b\"", "aab"))
                .as("not only the longest way")
                .isTrue();
    }

    @Test
    void grammar_ruleThatBeginsWithItself_isRead() {
        String grammar = "root ::= sum\nsum ::= sum \"+\" num | sum \"-\" num | num\nnum ::= [0-9]+ | \"(\" sum \")\"";
        assertThat(fits(grammar, "1+2-(3+4)")).isTrue();
        assertThat(fits(grammar, "1+")).isFalse();
    }

    @Test
    void grammar_repeatedRule_isCounted() {
        String grammar = "root ::= x{2,3}\nx ::= \"(\" x? \")\"";
        assertThat(fits(grammar, "()(())")).isTrue();
        assertThat(fits(grammar, "()")).isFalse();
        assertThat(fits(grammar, "()()()()")).isFalse();
    }

    @Test
    void grammar_emptyParts_areRead() {
        assertThat(fits("root ::= a a \"x\" root?\na ::= \"\" | \"a\" a?", "aaxx"))
                .isTrue();
        assertThat(fits("root ::= (a | \"b\")*\na ::= \"(\" root \")\"", "")).isTrue();
        assertThat(fits("root ::= (a | \"b\")*\na ::= \"(\" root \")\"", "b()((b))"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a ::= 'x'; root",
                "root ::= b; no rule is called 'b'",
                "root ::= a~a ::= b \"x\" | \"y\"~b ::= a \"z\"; begin with itself",
                "root ::= (\"a\"; does not end",
                "root ::= \"a; does not end",
                "root ::= [z-a]; out of order",
                "root ::= \"a\"{3,2}; in order",
                "root ::= \"a\"{x}; braces",
                "root ::= \"\\q\"; does not have",
                "root ::= <think>; token",
                "root ::= \"a\"~root ::= \"b\"; second rule",
                "root = \"a\"; expected a rule",
                "root ::= %; unexpected",
                "root ::= \"\\uD83D\"; code point"
            })
    void grammar_brokenOrNotSupported_isRefusedByName(String grammar, String word) {
        assertThatThrownBy(() -> CompiledConstraint.grammar(
                        grammar.replace("'x'", "\"x\"").replace('~', '\n'), Tokens.BYTES))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining(word);
    }

    @Test
    void grammar_hostile_isRefused() {
        assertThatThrownBy(() ->
                        CompiledConstraint.grammar("root ::= " + "(".repeat(5000) + ")".repeat(5000), Tokens.BYTES))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("within each other");
        assertThatThrownBy(() -> CompiledConstraint.grammar(
                        "root ::= (((x{10000}){10000}){10000})\nx ::= \"(\" root? \")\"", Tokens.BYTES))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("more than");
        StringBuilder chain = new StringBuilder("root ::= a0\n");
        for (int i = 0; i < 3000; i++) {
            chain.append("a").append(i).append(" ::= \"x\" a").append(i + 1).append("\n");
        }
        assertThatThrownBy(() -> CompiledConstraint.grammar(chain + "a3000 ::= \"y\"", Tokens.BYTES))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("within each other");
    }
}
