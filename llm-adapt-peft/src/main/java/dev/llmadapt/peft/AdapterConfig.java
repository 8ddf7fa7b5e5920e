package dev.llmadapt.peft;

import dev.llmadapt.Adapter.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code adapter_config.json} of Hugging Face PEFT says of an adapter: its method and that method's settings, under
 * PEFT's names. Settings that matter only while an adapter is trained are not here.
 */
public sealed interface AdapterConfig {
    /** How the adapter changes the base. */
    Method method();

    /**
     * Low-rank updates of linear layers (Hu et al. 2021): {@code y += scaling * B(A(x))}.
     *
     * @param rank {@code r}, of modules that no pattern names
     * @param alpha {@code lora_alpha}, likewise; {@code scaling = alpha / rank}, or {@code alpha / sqrt(rank)}
     * @param dropout {@code lora_dropout}: the share of inputs left out while training, 0 to below 1
     * @param targets which modules it changes
     * @param rankPattern ranks of modules that a regular expression names, the first that matches {@code (.*\.)?(KEY)$}
     * @param alphaPattern alphas, likewise
     * @param rankStabilized {@code use_rslora}: scaling by the root of the rank (Kalajdzievski 2023)
     * @param decomposed {@code use_dora}: magnitude and direction learned apart (Liu et al. 2024)
     * @param bias which biases of the base it replaces
     * @param loraBias {@code lora_bias}: whether B has a bias
     */
    record Lora(
            int rank,
            double alpha,
            double dropout,
            Targets targets,
            Map<String, Integer> rankPattern,
            Map<String, Double> alphaPattern,
            boolean rankStabilized,
            boolean decomposed,
            Bias bias,
            boolean loraBias)
            implements AdapterConfig {
        @Override
        public Method method() {
            return Method.LORA;
        }
    }

    /**
     * Learned scales of activations (Liu et al. 2022).
     *
     * @param targets which modules it changes
     * @param feedforward those of them whose input is scaled; the others' output is
     */
    record Ia3(Targets targets, Targets feedforward) implements AdapterConfig {
        @Override
        public Method method() {
            return Method.IA3;
        }
    }

    /**
     * Learned embeddings before the input (Lester et al. 2021), or the same made by an encoder (P-tuning, Liu et al. 2021).
     *
     * @param method {@link Method#PROMPT_TUNING} or {@link Method#P_TUNING}
     * @param virtualTokens {@code num_virtual_tokens}
     * @param width {@code token_dim}: the base's hidden size
     * @param initText {@code prompt_tuning_init_text}, when it began as the embeddings of a text
     */
    record Prompt(Method method, int virtualTokens, int width, Optional<String> initText) implements AdapterConfig {}

    /**
     * Learned keys and values before every layer's own (Li and Liang 2021).
     *
     * @param virtualTokens {@code num_virtual_tokens}
     * @param width {@code token_dim}: head size times key-value heads
     * @param layers {@code num_layers}
     */
    record Prefix(int virtualTokens, int width, int layers) implements AdapterConfig {
        @Override
        public Method method() {
            return Method.PREFIX_TUNING;
        }
    }

    /**
     * Which modules of a base an adapter changes, as PEFT chooses them.
     *
     * @param names exact paths, or their endings after a dot; empty when {@code pattern} chooses
     * @param pattern a regular expression over the whole path, or {@code all-linear} for every linear layer but the
     *     output head
     * @param excluded {@code exclude_modules}, chosen in the same way and left out
     * @param layers {@code layers_to_transform}: only these, or empty for all
     * @param layersPattern {@code layers_pattern}: the names of the list of layers, or empty for any
     */
    record Targets(
            List<String> names,
            Optional<String> pattern,
            Optional<Targets> excluded,
            List<Integer> layers,
            List<String> layersPattern) {}

    /** Which biases of the base an adapter brings its own of. */
    enum Bias {
        /** None. */
        NONE,
        /** All of the model. */
        ALL,
        /** Those of the modules it targets. */
        LORA_ONLY
    }
}
