package dev.llmadapt.peft.training;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.ScoreHead;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank updates together with a head that scores labels: {@code score . h}, without a bias, where {@code h} is the
 * normed hidden state of a text's last token; as {@code ...ForSequenceClassification} of transformers computes it.
 */
public final class ClassifierTrainable implements Trainable {
    /** The deviation of a head's first numbers: {@code initializer_range} of most families. */
    private static final double INITIALIZER_RANGE = 0.02;

    private final LoraTrainable lora;
    private final int labels;
    private final Parameters parameters = new Parameters();

    /**
     * Chooses the modules, and adds the head.
     *
     * @param labels how many there are, at least two
     * @param begin writes the numbers that the head begins with, or null for normal ones around 0
     * @param start an adapter to train on, with a head of as many labels, or null
     * @throws AdapterException if the settings ask for what cannot be trained
     */
    public ClassifierTrainable(
            AdapterConfig.Lora config,
            Checkpoint base,
            int labels,
            @Nullable Consumer<FloatBuffer> begin,
            @Nullable StoredAdapter start,
            long seed) {
        if (labels < 2) {
            throw new IllegalArgumentException("a head needs at least two labels, labels: " + labels);
        }
        this.labels = labels;
        this.lora = new LoraTrainable(config, base, start, seed);
        lora.parameters().all().forEach(each -> parameters.add(each.name(), each.shape(), each.start()));
        Initial initial = new Initial(start, ~seed);
        parameters.add(
                ScoreHead.KEY,
                Shape.of(labels, base.config().hiddenSize()),
                initial.of(ScoreHead.KEY, begin == null ? initial.normal(INITIALIZER_RANGE) : begin));
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public int firstLayer() {
        return lora.firstLayer();
    }

    @Override
    public int labels() {
        return labels;
    }

    @Override
    public Tuned attach(Graph graph, Map<String, Value> values) {
        return lora.attach(graph, values);
    }

    @Override
    public Loss.Kind loss() {
        return Loss.ofLabels(ScoreHead.KEY);
    }
}
