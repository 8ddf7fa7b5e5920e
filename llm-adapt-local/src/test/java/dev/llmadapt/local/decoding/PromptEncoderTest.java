package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.checkpoint.TokenizerFolder;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which tokens of a conversation are the last message's; {@link HostileTextTest} has the ids themselves. */
class PromptEncoderTest {
    static Stream<String> kinds() throws IOException {
        return HostileTextTest.kinds();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void encodeWithMessage_byTokenizersOfEveryKind_findsTheMessage(String kind) throws Exception {
        TokenizerFiles files = TokenizerFolder.read(HostileTextTest.folder().resolve(kind));
        try (TextTokenizer tokenizer = new TextTokenizer(files)) {
            PromptEncoder encoder = new PromptEncoder(files, tokenizer);
            for (boolean raw : new boolean[] {false, true}) {
                for (String text :
                        new String[] {"the card", " the card \n", "user", "caf\u00e9 \ud83d\ude00 the </s>"}) {
                    Request request = Request.of(Message.user("the card: lost"), Message.user(text))
                            .withRaw(raw);
                    PromptEncoder.Encoded encoded = encoder.encodeWithMessage(request);
                    assertThat(encoded.ids()).isEqualTo(encoder.encode(request));
                    // as many tokens as it has alone, but for those that a word's beginning or its neighbours change
                    int[] plain = tokenizer.encodePlain(text.strip());
                    assertThat(encoded.to() - encoded.from())
                            .as("'%s' by %s, raw %s", text, kind, raw)
                            .isBetween(Math.max(1, plain.length - 1), tokenizer.encodePlain(text).length + 2);
                    String read = tokenizer.decode(encoded.ids(), encoded.from(), encoded.to());
                    assertThat(read.replace(" ", ""))
                            .contains(tokenizer.decode(plain, 0, plain.length).replace(" ", ""));
                }
            }
        }
    }

    @Test
    void encodeWithMessage_wordThatTheTemplateWritesToo_isTheMessages() {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("tiny-ascii"));
                TextTokenizer tokenizer = new TextTokenizer(checkpoint.tokenizer())) {
            PromptEncoder encoder = new PromptEncoder(checkpoint.tokenizer(), tokenizer);
            PromptEncoder.Encoded encoded = encoder.encodeWithMessage(Request.of("assistant"));
            // <|im_start|>user\n assistant <|im_end|>\n<|im_start|>assistant\n, a token a character
            assertThat(encoded.from()).isEqualTo(6);
            assertThat(encoded.to()).isEqualTo(15);
            assertThat(encoded.ids()).hasSize(15 + 2 + 1 + 10);
        }
    }

    @Test
    void encodeWithMessage_blankMessage_isRefused() {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("tiny-ascii"));
                TextTokenizer tokenizer = new TextTokenizer(checkpoint.tokenizer())) {
            PromptEncoder encoder = new PromptEncoder(checkpoint.tokenizer(), tokenizer);
            assertThatThrownBy(() -> encoder.encodeWithMessage(Request.of(" \n\u00a0")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("blank");
        }
    }
}
