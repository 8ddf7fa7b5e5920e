package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.ClassifierGolden;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.ScoreHead;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Labels that are learned as probabilities; their gradient is in {@link FamilyTrainingTest}. */
class LabelProbabilitiesTest {
    /** Of the folder's first text the probabilities are learned, of the second the label, in one row. */
    @Test
    void loss_ofProbabilities_isTheirCrossEntropyWithTheLogitsOfPeft() {
        ClassifierGolden golden = ClassifierGolden.read("llama");
        StoredAdapter stored = PeftFolder.read(ClassifierGolden.folder("llama"));
        int labels = ScoreHead.of("llama", stored).labels();
        float[] shares = new float[labels];
        for (int label = 1; label < labels; label++) {
            shares[label] = 2f * label / (labels * (labels - 1)); // the first has none
        }
        ClassifierGolden.Case first = golden.cases().get(0);
        ClassifierGolden.Case second = golden.cases().get(1);
        double expected = surprise(second.logits(), 0);
        for (int label = 0; label < labels; label++) {
            expected += shares[label] * surprise(first.logits(), label);
        }
        List<TrainingText> row = List.of(
                TrainingText.labelled(first.prompt(), 1).withProbabilities(shares),
                TrainingText.labelled(second.prompt(), 0));
        try (Checkpoint base = Checkpoint.open(Golden.folder(golden.base()));
                NativeArena memory = new NativeArena()) {
            Trainable trainable =
                    new ClassifierTrainable((AdapterConfig.Lora) stored.config(), base, labels, null, stored, 1);
            TrainingGraph.Options options =
                    new TrainingGraph.Options(Precision.FP32, 64, false).withLoss(trainable.loss());
            int groups = base.config().heads() / base.config().keyValueHeads();
            try (LossSession session = LossSession.open(
                    TrainingGraph.loss(base, trainable, options),
                    trainable.parameters().size(),
                    Execution.of(1))) {
                trainable.parameters().start(session.parameters());
                float loss =
                        session.loss(TrainingBatch.of(memory, List.of(row), trainable, Embedding.of(base), groups, 2));
                assertThat((double) loss).isCloseTo(expected / 2, within(2e-4));
            }
        }
    }

    private static double surprise(float[] logits, int label) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - logits[label]);
        }
        return Math.log(sum);
    }

    @Test
    void withProbabilities_thatAreNone_isRefused() {
        TrainingText text = TrainingText.labelled(new int[] {1, 2}, 1);
        assertThat(text.withProbabilities(new float[] {0.5f, 0.5f})
                        .withoutProbabilities()
                        .probabilities())
                .isEmpty();
        for (float[] wrong :
                List.of(new float[] {1}, new float[] {0.5f, 0.4f}, new float[] {-1, 2}, new float[] {Float.NaN, 1})) {
            assertThatThrownBy(() -> text.withProbabilities(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("adding up to 1");
        }
    }
}
