package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.peft.folder.AdapterConfig;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VirtualEncoderTest {
    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
    private final AdapterConfig.Prompt prompt = (AdapterConfig.Prompt) Trainables.config("p-tuning", base);
    private final AdapterConfig.Prefix prefix = (AdapterConfig.Prefix) Trainables.config("prefix-projection", base);

    @AfterEach
    void close() {
        base.close();
    }

    @Test
    void made_withBeginning_isItBeforeTheFirstStep() {
        Consumer<FloatBuffer> beginning = target -> {
            for (int i = 0; i < target.capacity(); i++) {
                target.put(i, i / 8f);
            }
        };
        for (Trainable trainable : new Trainable[] {
            PromptTrainable.encoded(prompt, 6, beginning, 1),
            PrefixTrainable.projected(prefix, base.config().headDim(), 6, beginning, 1)
        }) {
            FloatBuffer made = made(trainable);
            assertThat(made.remaining()).isPositive();
            for (int i = 0; i < made.capacity(); i++) {
                assertThat(made.get(i)).isEqualTo(i / 8f);
            }
        }
    }

    @Test
    void made_frozenTokens_stayAsTheyBegin() {
        Consumer<FloatBuffer> beginning = target -> {
            for (int i = 0; i < target.capacity(); i++) {
                target.put(i, i);
            }
        };
        int headDim = base.config().headDim();
        for (PrefixTrainable all : new PrefixTrainable[] {
            new PrefixTrainable(prefix, headDim, null, beginning),
            PrefixTrainable.projected(prefix, headDim, 6, beginning, 1)
        }) {
            PrefixTrainable trainable = all.withFrozen(1, beginning);
            FloatBuffer numbers = FloatBuffer.allocate(trainable.parameters().size());
            for (int i = 0; i < numbers.capacity(); i++) {
                numbers.put(i, 1 + i % 7);
            }
            FloatBuffer made = TrainedTensor.of(trainable, numbers).get(0).data();
            int width = 2 * prefix.layers() * prefix.width();
            for (int i = 0; i < width; i++) {
                assertThat(made.get(i)).isEqualTo(i);
            }
            assertThat(made.get(width)).isNotEqualTo(width);
        }
    }

    /** Numbers that learn begin otherwise in each layer, and the last one's with zeros alone where it says so. */
    @Test
    void made_withoutBeginning_isOtherwiseForEachToken() {
        FloatBuffer made = made(PromptTrainable.encoded(prompt, 6, null, 1));
        float[] first = new float[prompt.width()];
        float[] second = new float[prompt.width()];
        made.get(first).get(second);
        assertThat(first).isNotEqualTo(second).doesNotContain(0f);
        assertThat(made(PromptTrainable.encoded(prompt, 6, null, 2)).get(0)).isNotEqualTo(first[0]);
    }

    private static FloatBuffer made(Trainable trainable) {
        FloatBuffer numbers = FloatBuffer.allocate(trainable.parameters().size());
        trainable.parameters().start(numbers);
        return Objects.requireNonNull(TrainedTensor.of(trainable, numbers).get(0))
                .data();
    }
}
