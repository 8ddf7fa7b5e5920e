package dev.llmadapt.distillation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DistillationOptionsTest {
    @Test
    void options_thatCannotBe_areRefused() {
        DistillationOptions defaults = DistillationOptions.defaults();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> defaults.withMinConfidence(1.5),
                () -> defaults.withMinConfidence(Double.NaN),
                () -> defaults.withMinAgreement(-0.1),
                () -> defaults.withSamples(0, 0.7),
                () -> defaults.withSamples(101, 0.7),
                () -> defaults.withSamples(3, 0),
                () -> defaults.withMaxInputs(0),
                () -> defaults.withMaxTokens(0),
                () -> defaults.withMaxErrors(-1),
                () -> defaults.withBatchSize(0))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(" must be ");
        }
    }
}
