package dev.llmadapt.peft.folder;

import dev.llmadapt.AdapterException;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The head of a classifier, as {@code ...ForSequenceClassification} of transformers has it: a matrix without a bias
 * over the normed hidden state of a text's last token.
 *
 * @param labels rows of the matrix
 * @param hidden columns of the matrix
 * @param weights {@code (labels, hidden)}, row-major, all finite
 */
@SuppressWarnings("ArrayRecordComponent")
public record ScoreHead(int labels, int hidden, float[] weights) {
    /** The module's name. */
    public static final String MODULE = "score";
    /** The tensor's name. */
    public static final String KEY = MODULE + ".weight";

    /**
     * The head of a stored classifier.
     *
     * @param name of the adapter, for messages
     * @throws AdapterException if the adapter is no classifier, or its head is missing or damaged
     */
    public static ScoreHead of(String name, StoredAdapter adapter) {
        if (!isClassifier(adapter)) {
            throw new AdapterException(
                    "adapter '" + name + "' has no head that scores labels: its task_type is CAUSAL_LM,"
                            + " expected SEQ_CLS; load it with LocalModel.loadAdapter and generate");
        }
        WeightTensor tensor = adapter.tensors().get(KEY);
        if (tensor == null) {
            throw new AdapterException("adapter '" + name + "' cannot be used: its settings save the module " + MODULE
                    + ", but there is no tensor " + KEY + " of [labels, hidden]; its files are incomplete");
        }
        if (tensor.shape().size() != 2 || tensor.rows() < 2) {
            throw new AdapterException("adapter '" + name + "' cannot be used: its tensor " + KEY + " has the shape "
                    + tensor.shape() + ", expected [labels, hidden] with at least two labels");
        }
        float[] weights = tensor.toFloats();
        for (float weight : weights) {
            if (!Float.isFinite(weight)) {
                throw new AdapterException(
                        "adapter '" + name + "' cannot be used: its tensor " + KEY + " has a number that is " + weight);
            }
        }
        return new ScoreHead(tensor.rows(), tensor.rowLength(), weights);
    }

    /** Whether a stored adapter is a classifier. */
    public static boolean isClassifier(StoredAdapter adapter) {
        return adapter.config() instanceof AdapterConfig.Lora lora && lora.taskType() == AdapterConfig.TaskType.SEQ_CLS;
    }

    /** The factors of a classifier alone, which work on any model of the same base. */
    public static StoredAdapter withoutHead(StoredAdapter adapter) {
        Map<String, WeightTensor> tensors = new LinkedHashMap<>(adapter.tensors());
        tensors.remove(KEY);
        AdapterConfig.Lora lora = (AdapterConfig.Lora) adapter.config();
        return new StoredAdapter(
                lora.withTaskType(AdapterConfig.TaskType.CAUSAL_LM), adapter.base(), tensors, adapter.training());
    }

    /**
     * The scores of the labels, before any softmax.
     *
     * @param state the normed hidden state of a text's last token
     */
    public float[] logits(float[] state) {
        if (state.length != hidden) {
            throw new IllegalArgumentException(
                    "a head over " + hidden + " numbers got a hidden state of " + state.length);
        }
        float[] logits = new float[labels];
        for (int label = 0; label < labels; label++) {
            double sum = 0;
            for (int i = 0; i < hidden; i++) {
                sum += (double) weights[label * hidden + i] * state[i];
            }
            logits[label] = (float) sum;
        }
        return logits;
    }
}
