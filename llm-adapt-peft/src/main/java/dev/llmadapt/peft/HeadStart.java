package dev.llmadapt.peft;

import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.util.List;

/** The numbers with which a head over labels begins to learn. */
public enum HeadStart {
    /** Normal around 0, as transformers begins. */
    RANDOM,
    /**
     * Each label as the language model scores its words: the mean of their rows of the output head, so that the model
     * answers by what it knows of the labels before it has seen an example (the verbalizers of Schick and Schütze
     * 2021).
     */
    LABELS;

    /** The rows of {@link #LABELS}: {@code (labels, hidden)}, row-major. */
    static float[] rows(LocalModel local, Checkpoint base, List<String> labels) {
        int width = base.config().hiddenSize();
        WeightTensor head = BaseModules.of(base).weights().get(BaseModules.HEAD);
        if (head == null) {
            throw new IllegalArgumentException("the model " + base.name() + " has no output head whose rows a head over"
                    + " labels could begin with; begin with HeadStart.RANDOM");
        }
        float[] rows = new float[labels.size() * width];
        float[] row = new float[width];
        for (int label = 0; label < labels.size(); label++) {
            int[] ids = local.textTokens(" " + labels.get(label));
            for (int id : ids) {
                head.dequantizeRow(id, row, 0);
                for (int i = 0; i < width; i++) {
                    rows[label * width + i] += row[i] / ids.length;
                }
            }
        }
        return rows;
    }
}
