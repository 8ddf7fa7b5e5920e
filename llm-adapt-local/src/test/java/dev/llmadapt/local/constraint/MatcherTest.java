package dev.llmadapt.local.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MatcherTest {
    /** A vocabulary with all bytes, with pieces of JSON and of words, long ones and pieces of characters among them. */
    private static Vocabulary vocabulary() {
        List<byte[]> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(new byte[] {(byte) value});
        }
        tokens.add(new byte[0]); // such as a special one
        String[] pieces = {
            "{\"",
            "\": ",
            "\", \"",
            "\"}",
            "\"]",
            "ab",
            "abc",
            " the",
            "  ",
            "\\n",
            "\\\"",
            "\\u",
            "\\u00",
            "00e9",
            "\u00e9",
            "\u00e9t\u00e9",
            "1",
            "12",
            "123.",
            ".5",
            "-1",
            "e5",
            "true",
            "false",
            "null",
            "tr",
            "ue, ",
            "}, {",
            "]]",
            "[[",
            "a\"",
            "a\", \"b\": ",
            "\n  ",
            "\t",
            "\uD83D\uDE00",
            "x".repeat(40),
            "a".repeat(33) + "\"}",
            "ab",
            "name",
            "\"name\": \"",
            "date",
            "2024-",
            "-0",
            "T1"
        };
        for (String piece : pieces) {
            tokens.add(piece.getBytes(StandardCharsets.UTF_8));
        }
        tokens.add(new byte[] {'a', (byte) 0xC3});
        tokens.add(new byte[] {(byte) 0xA9, '"'});
        Random random = new Random(5);
        for (int i = 0; i < 600; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = 1 + random.nextInt(4); length > 0; length--) {
                text.append(pieces[random.nextInt(pieces.length - 12)]);
            }
            tokens.add(text.toString().getBytes(StandardCharsets.UTF_8));
        }
        return new Vocabulary(tokens.toArray(byte[][]::new));
    }

    private static List<CompiledConstraint> constraints(Vocabulary vocabulary) {
        List<CompiledConstraint> compiled = new ArrayList<>();
        for (String schema : List.of(
                "{}",
                "{\"type\": \"object\", \"properties\": {\"name\": {\"type\": \"string\", \"maxLength\": 5}, \"a\": {}},"
                        + " \"required\": [\"a\"]}",
                "{\"type\": \"object\", \"properties\": {\"name\": {\"pattern\": \"^[a-c]{1,40}$\", \"type\": \"string\"},"
                        + " \"date\": {\"format\": \"date-time\", \"type\": \"string\"}}, \"additionalProperties\": false}",
                "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"number\", \"minimum\": -1.5, \"maximum\": 12},"
                        + " \"minProperties\": 1}",
                "{\"type\": \"array\", \"items\": {\"anyOf\": [{\"type\": \"string\", \"minLength\": 35}, {\"enum\": [\"a\","
                        + " \"ab\", 1, 12.5, null]}, {\"$ref\": \"#\"}]}, \"maxItems\": 3}",
                "{\"type\": \"string\", \"not\": {\"pattern\": \"b\"}}",
                "{\"type\": \"string\", \"pattern\": \"^(\\\\S+\\\\s+){0,40}\\\\S+$\"}")) {
            compiled.add(CompiledConstraint.json(JsonParser.parseString(schema), true, vocabulary));
            compiled.add(CompiledConstraint.json(JsonParser.parseString(schema), false, vocabulary));
        }
        compiled.add(CompiledConstraint.regex("a.*b|\\d+", vocabulary));
        compiled.add(CompiledConstraint.regex("(.|\\n){3,}", vocabulary));
        compiled.add(CompiledConstraint.grammar(
                "root ::= text \"b\" list?\ntext ::= .*\nlist ::= \"[\" (list | [ab]*) \"]\"", vocabulary));
        return compiled;
    }

    /** The law of masks: a token may come if and only if its bytes may, one by one. */
    @Test
    void mask_anyPlace_isThatOfTheTokensBytes() {
        Vocabulary vocabulary = vocabulary();
        long[] mask = new long[vocabulary.words()];
        Random random = new Random(1);
        int number = 0;
        for (CompiledConstraint compiled : constraints(vocabulary)) {
            number++;
            for (int answer = 0; answer < 12; answer++) {
                Matcher matcher = compiled.matcher();
                StringBuilder text = new StringBuilder();
                for (int step = 0; step < 30 && !matcher.mustEnd(); step++) {
                    matcher.mask(mask);
                    List<Integer> allowed = new ArrayList<>();
                    for (int id = 0; id < vocabulary.size(); id++) {
                        boolean may = copy(compiled, vocabulary, text, id);
                        assertThat(Tokens.allows(mask, id))
                                .as("constraint " + number + ", token " + id + " after " + text)
                                .isEqualTo(may);
                        if (may) {
                            allowed.add(id);
                        }
                    }
                    if (allowed.isEmpty()) {
                        assertThat(matcher.mayEnd())
                                .as("a way on after " + text)
                                .isTrue();
                        break;
                    }
                    int id = allowed.get(random.nextInt(allowed.size()));
                    assertThat(matcher.accept(id)).isTrue();
                    text.append(new String(vocabulary.bytes(id), StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    /** Whether a token may come, by the bytes of the whole text so far in another matcher. */
    private static boolean copy(CompiledConstraint compiled, Vocabulary vocabulary, StringBuilder text, int id) {
        if (vocabulary.bytes(id).length == 0) {
            return false;
        }
        Matcher other = compiled.matcher();
        String whole = text + new String(vocabulary.bytes(id), StandardCharsets.ISO_8859_1);
        return other.accept(whole.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void accept_notAllowed_changesNothing() {
        Matcher matcher = CompiledConstraint.regex("abc", Tokens.of("ab", "b", "c", "", "ac"))
                .matcher();
        assertThat(matcher.accept(1)).isFalse();
        assertThat(matcher.accept(3)).as("no bytes").isFalse();
        assertThat(matcher.accept(4)).as("half of it").isFalse();
        assertThat(matcher.accept(0)).isTrue();
        assertThat(matcher.mayEnd()).isFalse();
        assertThat(matcher.accept(2)).isTrue();
        assertThat(matcher.mayEnd()).isTrue();
        assertThat(matcher.mustEnd()).isTrue();
    }

    @Test
    void mayEnd_textThatMayGoOn_isNotOver() {
        Matcher matcher = CompiledConstraint.regex("a+", Tokens.BYTES).matcher();
        assertThat(matcher.mayEnd()).isFalse();
        matcher.accept('a');
        assertThat(matcher.mayEnd()).isTrue();
        assertThat(matcher.mustEnd()).isFalse();
    }

    /** What is left of an intersection matches nothing more, though it is not written so. */
    @Test
    void mustEnd_restThatMatchesNothing_isTold() {
        Matcher matcher = CompiledConstraint.json(
                        JsonParser.parseString("{\"allOf\": [{\"enum\": [1]}, {\"type\": \"integer\"}]}"),
                        true,
                        Tokens.BYTES)
                .matcher();
        assertThat(matcher.accept('1')).isTrue();
        assertThat(matcher.mayEnd()).isTrue();
        assertThat(matcher.mustEnd()).isTrue();
    }

    @Test
    void forced_oneWay_isAllOfIt() {
        Matcher matcher =
                CompiledConstraint.regex("\"(name|nation)\": .", Tokens.BYTES).matcher();
        assertThat(new String(matcher.forced(100), StandardCharsets.UTF_8)).isEqualTo("\"na");
        matcher.accept("\"nam".getBytes(StandardCharsets.UTF_8));
        assertThat(new String(matcher.forced(100), StandardCharsets.UTF_8)).isEqualTo("e\": ");
    }

    @Test
    void mask_fewerTokensThanNeeded_isEmpty() {
        Vocabulary vocabulary = Tokens.of("x", "y");
        long[] mask = new long[vocabulary.words()];
        Matcher matcher = CompiledConstraint.regex("a", vocabulary).matcher();
        matcher.mask(mask);
        assertThat(mask).containsOnly(0);
    }

    @Test
    void mask_severalThreads_isTheSame() throws Exception {
        Vocabulary vocabulary = vocabulary();
        CompiledConstraint compiled = constraints(vocabulary).get(2);
        byte[] text = "{\"a\": {\"b\": [1, \"x\"]}, \"c\": \"d\"}".getBytes(StandardCharsets.UTF_8);
        List<Future<List<long[]>>> results = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < 8; i++) {
                results.add(threads.submit(() -> masks(compiled, vocabulary, text)));
            }
            List<long[]> alone = masks(constraints(vocabulary).get(2), vocabulary, text);
            for (Future<List<long[]>> each : results) {
                assertThat(each.get()).usingRecursiveComparison().isEqualTo(alone);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<long[]> masks(CompiledConstraint compiled, Vocabulary vocabulary, byte[] text) {
        Matcher matcher = compiled.matcher();
        List<long[]> masks = new ArrayList<>();
        for (byte each : text) {
            long[] mask = new long[vocabulary.words()];
            matcher.mask(mask);
            masks.add(mask);
            assertThat(matcher.accept(new byte[] {each})).isTrue();
        }
        return masks;
    }

    /** Ambiguity that would double the ways with every character, were they not read together. */
    @Test
    void accept_ambiguousGrammar_takesLinearRoom() {
        CompiledConstraint compiled = CompiledConstraint.grammar(
                "root ::= a\na ::= \"(\" a \")\" | \"(\" a \")\" b? | \"(\" c \")\" | \"x\"\nb ::= \"y\"\nc ::= a | a b | a",
                Tokens.BYTES);
        Matcher matcher = compiled.matcher();
        int depth = 2000;
        assertThat(matcher.accept(("(".repeat(depth) + "x" + ")".repeat(depth)).getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(matcher.mayEnd()).isTrue();
    }

    @Test
    void of_noTextFits_isRefused() {
        assertThatThrownBy(() -> Tokens.schema("{\"type\": \"string\", \"enum\": [1]}"))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("'enum' at #: no value fits it together with 'type'");
        assertThatThrownBy(() -> CompiledConstraint.grammar("root ::= \"a\" root", Tokens.BYTES))
                .isInstanceOf(ConstraintException.class)
                .hasMessageContaining("no text fits");
    }
}
