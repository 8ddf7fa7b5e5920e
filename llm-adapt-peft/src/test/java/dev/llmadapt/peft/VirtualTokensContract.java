package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterException;
import dev.llmadapt.AdapterUse;
import dev.llmadapt.Scores;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What soft prompts and prefixes keep, which stand before the text: they are there or not, and are no weights. */
abstract class VirtualTokensContract extends AdapterContract {
    VirtualTokensContract(String base, String folder) {
        super(base, folder);
    }

    @Test
    void load_allZeros_isNotTheBase() { // nothing stands before the text more quietly, and it is heard all the same
        Scores before = score(List.of());
        model.loadAdapter(changed("zeros", tensor -> tensor(tensor, i -> 0)));
        assertThat(score(List.of(AdapterUse.of("zeros"))).entries()).isNotEqualTo(before.entries());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, -1})
    void request_weightOtherThanOne_isRefused(double weight) {
        model.loadAdapter(adapter());
        assertThatThrownBy(() -> score(List.of(new AdapterUse(folder, weight))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + folder + "'")
                .hasMessageContaining("weight must be 1")
                .hasMessageContaining(Double.toString(weight));
    }

    @Test
    void merge_intoTheBase_isRefusedAndLeavesNothing(@TempDir Path temporary) {
        assertThatThrownBy(() -> merge(temporary.resolve("merged")))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("'" + folder + "'")
                .hasMessageContaining("cannot be merged");
        assertThat(temporary).isEmptyDirectory();
    }
}
