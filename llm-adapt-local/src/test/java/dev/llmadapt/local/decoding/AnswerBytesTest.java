package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Token;
import dev.llmadapt.local.checkpoint.TokenizerFolder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of tokens by tokenizers of every kind. */
class AnswerBytesTest {
    private static final List<String> TEXTS = List.of(
            "where is my card?",
            " a  b \n\n c",
            "na\u00efve caf\u00e9 \u20ac5",
            "\uD83D\uDE00\u4f60\u597d",
            "a\uFFFDb",
            "x \uD83D\uDC68\u200D\uD83D\uDC69 y");

    static Stream<String> kinds() throws Exception {
        return HostileTextTest.kinds();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void bytes_ofAllTokens_areThoseOfTheText(String kind) {
        try (TextTokenizer tokenizer =
                new TextTokenizer(TokenizerFolder.read(HostileTextTest.folder().resolve(kind)))) {
            for (String text : TEXTS) {
                AnswerText answer = new AnswerText(tokenizer, List.of());
                StringBuilder whole = new StringBuilder();
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                for (int id : tokenizer.encodePlain(text)) {
                    whole.append(answer.add(id));
                    answer.bytes().forEach(bytes::write);
                }
                whole.append(answer.finish());
                assertThat(bytes.toString(StandardCharsets.UTF_8))
                        .as(kind + ": " + text)
                        .isEqualTo(whole.toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3", "gemma", "phi3", "metaspace-first"})
    void bytes_ofAPartOfACharacter_areItsOwn(String kind) {
        try (TextTokenizer tokenizer =
                new TextTokenizer(TokenizerFolder.read(HostileTextTest.folder().resolve(kind)))) {
            AnswerText answer = new AnswerText(tokenizer, List.of());
            List<Integer> bytes = new ArrayList<>();
            int[] ids = tokenizer.encodePlain("\u20ac");
            int parts = 0;
            for (int id : ids) {
                List<Token.Candidate> candidates = answer.candidates(List.of(new Likeliest.Entry(id, -1)));
                answer.add(id);
                assertThat(candidates.get(0).bytes()).isEqualTo(answer.bytes());
                parts += answer.bytes().size() == 1 ? 1 : 0;
                bytes.addAll(answer.bytes());
            }
            assertThat(parts).as("tokens of a byte").isGreaterThan(1);
            assertThat(bytes.subList(bytes.size() - 3, bytes.size())).isEqualTo(List.of(0xE2, 0x82, 0xAC));
            assertThat(Set.copyOf(bytes)).doesNotContain(0xEF);
        }
    }
}
