package dev.llmadapt.peft.folder;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.BaseFingerprint;
import dev.llmadapt.local.checkpoint.Checkpoint;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoredAdapterTest {
    private static BaseFingerprint of(String name) {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder(name))) {
            return BaseFingerprint.of(checkpoint);
        }
    }

    @Test
    void check_anotherBase_namesBoth() {
        BaseFingerprint one = of("tiny-llama");
        BaseFingerprint three = of("tiny-llama3");
        BaseFingerprint ascii = of("tiny-ascii");
        StoredAdapter.Base recorded = StoredAdapter.Base.of(one, "tiny-llama", Optional.empty());
        assertThatCode(() -> recorded.check("x", one)).doesNotThrowAnyException();
        assertThatCode(() -> StoredAdapter.Base.unknown().check("x", three)).doesNotThrowAnyException();
        assertThatThrownBy(() -> recorded.check("x", three))
                .isInstanceOf(AdapterException.class)
                .hasMessageContainingAll("'x'", "made for tiny-llama ", "model tiny-llama3", "weights");
        StoredAdapter.Base words = new StoredAdapter.Base(
                recorded.name(), Optional.empty(), one.weights(), Optional.of(ascii.tokenizer()));
        assertThatThrownBy(() -> words.check("x", one))
                .isInstanceOf(AdapterException.class)
                .hasMessageContainingAll("tokenizer", ascii.tokenizer().substring(0, 12));
    }
}
