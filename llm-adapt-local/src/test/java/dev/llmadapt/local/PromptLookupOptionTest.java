package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.DataType;
import dev.llmadapt.Device;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptLookupOptionTest {
    @Test
    void generate_withLookup_isTheAnswerWithout() {
        List<Request> requests = List.of(
                Request.of("a card, a card, a card, a card, a"),
                Request.of("lost at the bank, lost at the bank, lost at")
                        .withConstraint(OutputConstraint.oneOf(List.of("lost", "the bank"))));
        try (LocalModel without = open(ModelOptions.defaults());
                LocalModel with = open(ModelOptions.defaults().withPromptLookup(true))) {
            for (Request request : requests) {
                for (double temperature : new double[] {0, 0.7}) {
                    Request each = request.withOptions(GenerationOptions.defaults()
                            .withTemperature(temperature)
                            .withMaxTokens(24)
                            .withLogProbabilities(true));
                    Generation answer = with.generate(each);
                    assertThat(answer.tokens()).isEqualTo(without.generate(each).tokens());
                }
            }
            assertThat(with.score(requests.get(0), List.of("lost", "card")).entries())
                    .hasSize(2);
        }
    }

    @Test
    void options_lookupOnAGpu_areRefused() {
        assertThatThrownBy(() -> ModelOptions.defaults()
                        .withDevice(new Device.Cuda(0, DataType.F16))
                        .withPromptLookup(true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prompt lookup is for the CPU");
    }

    @Test
    void open_exportedModelWithLookup_isRefused() {
        assertThatThrownBy(() -> LocalModel.open(
                        Golden.folder("exported/optimum/model.onnx"),
                        ModelOptions.defaults().withPromptLookup(true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("prompt lookup is for checkpoints");
    }

    private static LocalModel open(ModelOptions options) {
        return LocalModel.open(Golden.folder("tiny-ascii"), options.withThreads(2));
    }
}
