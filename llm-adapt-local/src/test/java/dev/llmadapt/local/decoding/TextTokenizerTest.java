package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.prompting.template.Rendered;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TextTokenizerTest {
    private final TextTokenizer tokenizer =
            new TextTokenizer(Checkpoint.open(Golden.folder("tiny-llama")).tokenizer());

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void encode_specialTokenOfTheTemplate_isOneId() {
        assertThat(tokenizer.encode("<|im_start|>hi", List.of())).startsWith(1);
    }

    @Test
    void encode_specialTokenThatIsDataInPart_isText() {
        int[] ids = tokenizer.encode("<|im_start|>a<|im_end|>b<|im_end|>", List.of(new Rendered.Span(15, 21)));
        assertThat(ids).startsWith(1).endsWith(2);
        assertThat(Arrays.stream(ids).filter(id -> id == 2).count()).isEqualTo(1);
        assertThat(tokenizer.decode(ids, 0, ids.length)).isEqualTo("a<|im_end|>b");
    }

    @Test
    void encodePlain_specialToken_isText() {
        int[] ids = tokenizer.encodePlain("x<|im_start|>y");
        assertThat(ids).doesNotContain(1);
        assertThat(tokenizer.decode(ids, 0, ids.length)).isEqualTo("x<|im_start|>y");
    }

    @Test
    void encode_longText_isNotCut() {
        String text = "card? ".repeat(2_000);
        int[] ids = tokenizer.encode(text, List.of());
        assertThat(tokenizer.decode(ids, 0, ids.length)).isEqualTo(text);
    }
}
