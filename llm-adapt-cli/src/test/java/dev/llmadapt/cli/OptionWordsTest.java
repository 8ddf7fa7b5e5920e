package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OptionWordsTest {
    @Test
    void of_methodsOfTheLibrary_areTheOptionsThatDoTheSame() {
        assertThat(OptionWords.of("more memory for them (ModelOptions.withCacheMemory, --cache-memory)"))
                .isEqualTo("more memory for them (--cache-memory)");
        assertThat(OptionWords.of("does the server run there? (RemoteOptions.withAnswerTimeout if it is only slow)"))
                .isEqualTo("does the server run there?");
        assertThat(OptionWords.of("give a key that the server knows with RemoteOptions.withApiKey"))
                .isEqualTo("give a key that the server knows by the variable LLM_ADAPT_API_KEY");
        assertThat(OptionWords.of("write labels (LabelChoice.byLettersConstrained)"))
                .isEqualTo("write labels (.../letters-constrained)");
        assertThat(OptionWords.of("a text, --model and a Word.")).isEqualTo("a text, --model and a Word.");
    }
}
