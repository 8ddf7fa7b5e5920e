package dev.llmadapt.local.adapter;

import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.checkpoint.RopeScaling;
import java.util.Map;
import java.util.Optional;

/**
 * A Llama that is slow and plain, in double precision: what an {@link AdapterEffect} means, written down once more, to
 * be compared with PEFT's numbers and with the engine's.
 */
public final class ReferenceLlama {
    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final AdapterEffect effect;

    public ReferenceLlama(Checkpoint checkpoint, AdapterEffect effect) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.effect = effect;
    }

    public static AdapterEffect noEffect() {
        return new AdapterEffect(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), new float[0], new float[0], 0);
    }

    /** The logits after the last token. */
    public double[] lastLogits(int[] tokens) {
        int hidden = config.hiddenSize();
        int soft = effect.prompt().length / hidden;
        double[][] x = new double[soft + tokens.length][];
        for (int i = 0; i < soft; i++) {
            x[i] = new double[hidden];
            for (int j = 0; j < hidden; j++) {
                x[i][j] = effect.prompt()[i * hidden + j];
            }
        }
        for (int i = 0; i < tokens.length; i++) {
            x[soft + i] = embedding(tokens[i]);
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String path = "model.layers." + layer;
            double[][] normed = norm(x, path + ".input_layernorm");
            x = sum(x, attention(normed, path + ".self_attn", layer));
            normed = norm(x, path + ".post_attention_layernorm");
            double[][] gate = linear(normed, path + ".mlp.gate_proj");
            double[][] up = linear(normed, path + ".mlp.up_proj");
            for (int i = 0; i < x.length; i++) {
                for (int j = 0; j < gate[i].length; j++) {
                    up[i][j] *= gate[i][j] / (1 + Math.exp(-gate[i][j]));
                }
            }
            x = sum(x, linear(up, path + ".mlp.down_proj"));
        }
        double[][] last = {norm(x, "model.norm")[x.length - 1]};
        return linear(last, "lm_head")[0];
    }

    private double[] embedding(int token) {
        String path = "model.embed_tokens";
        float[] table = weights(path + ".weight");
        int width = config.hiddenSize();
        double[] row = new double[width];
        for (int j = 0; j < width; j++) {
            row[j] = table[token * width + j];
        }
        LowRank update = effect.embeddings().get(path);
        if (update == null) {
            return row;
        }
        double[] scale = new double[width];
        for (int j = 0; j < width; j++) {
            double norm = 0;
            for (int id = 0; id < update.in(); id++) { // DoRA's norm is over the vocabulary
                double value = table[id * width + j] + update.scaling() * product(update, j, id);
                norm += value * value;
            }
            scale[j] = update.magnitude().isPresent() ? update.magnitude().get()[j] / Math.sqrt(norm) : 1;
        }
        for (int j = 0; j < width; j++) {
            row[j] = scale[j] * (row[j] + update.scaling() * product(update, j, token));
        }
        return row;
    }

    /** {@code (B A)[out, in]}. */
    private static double product(LowRank update, int out, int in) {
        double sum = 0;
        for (int r = 0; r < update.rank(); r++) {
            sum += (double) update.b()[out * update.rank() + r] * update.a()[r * update.in() + in];
        }
        return sum;
    }

    private double[][] linear(double[][] x, String path) {
        boolean tied = path.equals("lm_head") && !checkpoint.tensors().containsKey("lm_head.weight");
        float[] weight = weights(tied ? "model.embed_tokens.weight" : path + ".weight");
        Optional<float[]> bias = checkpoint.tensors().containsKey(path + ".bias")
                ? Optional.of(effect.bias().getOrDefault(path, weights(path + ".bias")))
                : Optional.empty();
        LowRank update = effect.lowRank().get(path);
        float[] inputScale = effect.inputScale().get(path);
        float[] outputScale = effect.outputScale().get(path);
        int in = x[0].length;
        int out = weight.length / in;
        double[] effective = new double[weight.length];
        for (int o = 0; o < out; o++) {
            double norm = 0;
            for (int i = 0; i < in; i++) {
                double value = weight[o * in + i];
                if (update != null) {
                    value += update.scaling() * product(update, o, i);
                }
                effective[o * in + i] = value;
                norm += value * value;
            }
            if (update != null && update.magnitude().isPresent()) {
                for (int i = 0; i < in; i++) {
                    effective[o * in + i] *= update.magnitude().get()[o] / Math.sqrt(norm);
                }
            }
        }
        double[][] y = new double[x.length][out];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < out; o++) {
                double sum = bias.isPresent() ? bias.get()[o] : 0;
                if (update != null && update.bias().isPresent()) {
                    sum += update.scaling() * update.bias().get()[o];
                }
                for (int i = 0; i < in; i++) {
                    sum += effective[o * in + i] * x[t][i] * (inputScale == null ? 1 : inputScale[i]);
                }
                y[t][o] = sum * (outputScale == null ? 1 : outputScale[o]);
            }
        }
        return y;
    }

    private double[][] attention(double[][] x, String path, int layer) {
        int size = config.headDim();
        int groups = config.heads() / config.keyValueHeads();
        int before = effect.prefixTokens();
        double[][] q = linear(x, path + ".q_proj");
        double[][] k = linear(x, path + ".k_proj");
        double[][] v = linear(x, path + ".v_proj");
        double[][] mixed = new double[x.length][config.heads() * size];
        for (int t = 0; t < x.length; t++) {
            rotate(q[t], before + t);
            rotate(k[t], before + t);
        }
        for (int t = 0; t < x.length; t++) {
            for (int head = 0; head < config.heads(); head++) {
                int shared = head / groups;
                double[] scores = new double[before + t + 1];
                double total = 0;
                for (int s = 0; s < scores.length; s++) {
                    double dot = 0;
                    for (int d = 0; d < size; d++) {
                        double key = s < before ? prefix(layer, 0, shared, s, d) : k[s - before][shared * size + d];
                        dot += q[t][head * size + d] * key;
                    }
                    scores[s] = Math.exp(dot / Math.sqrt(size));
                    total += scores[s];
                }
                for (int s = 0; s < scores.length; s++) {
                    for (int d = 0; d < size; d++) {
                        double value = s < before ? prefix(layer, 1, shared, s, d) : v[s - before][shared * size + d];
                        mixed[t][head * size + d] += scores[s] / total * value;
                    }
                }
            }
        }
        return linear(mixed, path + ".o_proj");
    }

    private double prefix(int layer, int which, int head, int token, int d) {
        int at = ((layer * 2 + which) * config.keyValueHeads() + head) * effect.prefixTokens() + token;
        return effect.prefix()[at * config.headDim() + d];
    }

    private void rotate(double[] heads, int position) {
        int size = config.headDim();
        for (int head = 0; head < heads.length; head += size) {
            for (int i = 0; i < size / 2; i++) {
                double angle = position * frequency(i);
                double a = heads[head + i];
                double b = heads[head + i + size / 2];
                heads[head + i] = a * Math.cos(angle) - b * Math.sin(angle);
                heads[head + i + size / 2] = b * Math.cos(angle) + a * Math.sin(angle);
            }
        }
    }

    private double frequency(int i) {
        double frequency = Math.pow(config.ropeTheta(), -2.0 * i / config.headDim());
        if (config.ropeScaling() instanceof RopeScaling.Llama3 scaling) {
            double wavelength = 2 * Math.PI / frequency;
            double ratio = scaling.originalContext() / wavelength;
            double smooth = (ratio - scaling.lowFreqFactor()) / (scaling.highFreqFactor() - scaling.lowFreqFactor());
            double kept = Math.max(0, Math.min(1, smooth));
            return frequency * (kept + (1 - kept) / scaling.factor());
        }
        return frequency;
    }

    private double[][] norm(double[][] x, String path) {
        float[] weight = weights(path + ".weight");
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double value : x[t]) {
                squares += value * value;
            }
            double scale = 1 / Math.sqrt(squares / x[t].length + config.rmsNormEpsilon());
            y[t] = new double[x[t].length];
            for (int i = 0; i < weight.length; i++) {
                y[t][i] = x[t][i] * scale * weight[i];
            }
        }
        return y;
    }

    private static double[][] sum(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < a[t].length; i++) {
                sum[t][i] = a[t][i] + b[t][i];
            }
        }
        return sum;
    }

    private float[] weights(String key) {
        return checkpoint.tensor(key).toFloats();
    }
}
