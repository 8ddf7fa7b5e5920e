package dev.llmadapt.local.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.CheckpointException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndTokensTest {
    private static TokenizerFiles tokenizer(Map<String, String> named) {
        return new TokenizerFiles(
                "{}",
                Optional.empty(),
                Map.of(),
                List.of(AddedToken.plain("<|im_end|>", 2, true), AddedToken.plain("<new>", 9, true)),
                named,
                List.of(),
                List.of());
    }

    @Test
    void of_settingsAndTokenizer_endsAtEachAndLearnsTheTokenizers() {
        EndTokens ends = EndTokens.of(List.of(0, 5), tokenizer(Map.of("eos_token", "<|im_end|>")), 9);
        assertThat(ends.ids()).containsExactlyInAnyOrder(0, 5, 2);
        assertThat(ends.learned()).contains(2);
    }

    @Test
    void of_settingsAlone_learnsTheFirst() {
        EndTokens ends = EndTokens.of(List.of(5, 0), tokenizer(Map.of()), 9);
        assertThat(ends.ids()).containsExactlyInAnyOrder(0, 5);
        assertThat(ends.learned()).contains(5);
        assertThat(EndTokens.of(List.of(), tokenizer(Map.of()), 9).learned()).isEmpty();
    }

    @Test
    void of_tokenThatTheModelCannotWrite_isRefused() {
        assertThatThrownBy(() -> EndTokens.of(List.of(0), tokenizer(Map.of("eos_token", "<new>")), 9))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("'<new>'", "id 9", "9 tokens", "tokenizer_config.json");
    }
}
