package dev.llmadapt.peft.folder;

import dev.llmadapt.Adapter.Method;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The settings of an adapter, as {@code adapter_config.json} of Hugging Face PEFT has them: its method and that
 * method's settings. Settings that matter only while an adapter is trained are not here.
 */
public sealed interface AdapterConfig {
    /** How the adapter changes the base. */
    Method method();

    /**
     * The settings as one line of named fields, by which checkpoints of a training know it. A field keeps its name and
     * its place; one that is added later is written at the end, and only where it does not have its default.
     */
    String identity();

    /**
     * Low-rank updates of linear layers (Hu et al. 2021): {@code y += scaling * B(A(x))}.
     *
     * @param rank {@code r}, of modules that no pattern names
     * @param alpha {@code lora_alpha}, likewise; {@code scaling = alpha / rank}, or {@code alpha / sqrt(rank)}
     * @param dropout {@code lora_dropout}: the share of inputs left out while training, 0 to below 1
     * @param targets the modules it changes
     * @param rankPattern ranks of modules that a regular expression names, the first that matches {@code (.*\.)?(KEY)$}
     * @param alphaPattern alphas, likewise
     * @param rankStabilized {@code use_rslora}: scaling by the root of the rank (Kalajdzievski 2023)
     * @param decomposed {@code use_dora}: magnitude and direction learned apart (Liu et al. 2024)
     * @param bias which biases of the base it replaces
     * @param loraBias {@code lora_bias}: whether B has a bias
     * @param taskType {@code task_type}: with {@link TaskType#SEQ_CLS} a head that scores labels belongs to the adapter
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
            boolean loraBias,
            TaskType taskType)
            implements AdapterConfig {
        /** The largest rank. */
        public static final int MAX_RANK = 1 << 20;

        /** Validates the components and copies the maps, in their order. */
        public Lora {
            checkRank("r", rank);
            checkAlpha("lora_alpha", alpha);
            if (!(dropout >= 0 && dropout < 1)) {
                throw new IllegalArgumentException("lora_dropout must be from 0 to below 1, lora_dropout: " + dropout);
            }
            Objects.requireNonNull(targets, "targets");
            rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
            alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
            rankPattern.forEach((pattern, value) -> checkRank("rank_pattern '" + pattern + "'", value));
            alphaPattern.forEach((pattern, value) -> checkAlpha("alpha_pattern '" + pattern + "'", value));
            Objects.requireNonNull(bias, "bias");
            Objects.requireNonNull(taskType, "taskType");
            if (decomposed && loraBias) {
                throw new IllegalArgumentException("use_dora and lora_bias exclude each other");
            }
        }

        /** Settings of an adapter for generation. */
        public Lora(
                int rank,
                double alpha,
                double dropout,
                Targets targets,
                Map<String, Integer> rankPattern,
                Map<String, Double> alphaPattern,
                boolean rankStabilized,
                boolean decomposed,
                Bias bias,
                boolean loraBias) {
            this(
                    rank,
                    alpha,
                    dropout,
                    targets,
                    rankPattern,
                    alphaPattern,
                    rankStabilized,
                    decomposed,
                    bias,
                    loraBias,
                    TaskType.CAUSAL_LM);
        }

        /** PEFT's defaults on all linear layers: rank 8, alpha 8, no dropout, no biases. */
        public static Lora defaults() {
            return new Lora(
                    8, 8, 0, Targets.matching("all-linear"), Map.of(), Map.of(), false, false, Bias.NONE, false);
        }

        /** Returns these settings with another rank; alpha stays. */
        public Lora withRank(int rank) {
            return with(copy -> copy.rank = rank);
        }

        /** Returns these settings with another alpha. */
        public Lora withAlpha(double alpha) {
            return with(copy -> copy.alpha = alpha);
        }

        /** Returns these settings with another dropout. */
        public Lora withDropout(double dropout) {
            return with(copy -> copy.dropout = dropout);
        }

        /** Returns these settings with other modules. */
        public Lora withTargets(Targets targets) {
            return with(copy -> copy.targets = targets);
        }

        /** Returns these settings with other ranks for some modules. */
        public Lora withRankPattern(Map<String, Integer> rankPattern) {
            return with(copy -> copy.rankPattern = rankPattern);
        }

        /** Returns these settings with other alphas for some modules. */
        public Lora withAlphaPattern(Map<String, Double> alphaPattern) {
            return with(copy -> copy.alphaPattern = alphaPattern);
        }

        /** Returns these settings with or without rank-stabilised scaling. */
        public Lora withRankStabilized(boolean rankStabilized) {
            return with(copy -> copy.rankStabilized = rankStabilized);
        }

        /** Returns these settings with or without DoRA. */
        public Lora withDecomposed(boolean decomposed) {
            return with(copy -> copy.decomposed = decomposed);
        }

        /** Returns these settings with other biases. */
        public Lora withBias(Bias bias) {
            return with(copy -> copy.bias = bias);
        }

        /** Returns these settings with or without a bias of B. */
        public Lora withLoraBias(boolean loraBias) {
            return with(copy -> copy.loraBias = loraBias);
        }

        /** Returns these settings with another kind of answers. */
        public Lora withTaskType(TaskType taskType) {
            return with(copy -> copy.taskType = taskType);
        }

        private Lora with(Consumer<Copy> change) {
            Copy copy = new Copy(this);
            change.accept(copy);
            return copy.get();
        }

        /** The components by name, to be changed. */
        private static final class Copy {
            private int rank;
            private double alpha;
            private double dropout;
            private Targets targets;
            private Map<String, Integer> rankPattern;
            private Map<String, Double> alphaPattern;
            private boolean rankStabilized;
            private boolean decomposed;
            private Bias bias;
            private boolean loraBias;
            private TaskType taskType;

            Copy(Lora of) {
                rank = of.rank;
                alpha = of.alpha;
                dropout = of.dropout;
                targets = of.targets;
                rankPattern = of.rankPattern;
                alphaPattern = of.alphaPattern;
                rankStabilized = of.rankStabilized;
                decomposed = of.decomposed;
                bias = of.bias;
                loraBias = of.loraBias;
                taskType = of.taskType;
            }

            Lora get() {
                return new Lora(
                        rank,
                        alpha,
                        dropout,
                        targets,
                        rankPattern,
                        alphaPattern,
                        rankStabilized,
                        decomposed,
                        bias,
                        loraBias,
                        taskType);
            }
        }

        private static void checkRank(String name, int rank) {
            if (rank < 1 || rank > MAX_RANK) {
                throw new IllegalArgumentException(name + " must be from 1 to " + MAX_RANK + ", " + name + ": " + rank);
            }
        }

        private static void checkAlpha(String name, double alpha) {
            if (!Float.isFinite((float) alpha)) {
                throw new IllegalArgumentException(name + " must be a finite 32-bit float, " + name + ": " + alpha);
            }
        }

        @Override
        public Method method() {
            return Method.LORA;
        }

        @Override
        public String identity() {
            return "Lora[rank=" + rank + ", alpha=" + alpha + ", dropout=" + dropout + ", targets=" + targets.identity()
                    + ", rankPattern=" + rankPattern + ", alphaPattern=" + alphaPattern + ", rankStabilized="
                    + rankStabilized + ", decomposed=" + decomposed + ", bias=" + bias + ", loraBias=" + loraBias
                    + (taskType == TaskType.CAUSAL_LM ? "" : ", taskType=" + taskType) + "]";
        }
    }

    /**
     * Learned scales of activations (Liu et al. 2022).
     *
     * @param targets which modules it changes
     * @param feedforward those of them whose input is scaled; the others' output is. Here a name may end anywhere in a
     *     path, not only after a dot
     */
    record Ia3(Targets targets, Targets feedforward) implements AdapterConfig {
        /** Validates the components. */
        public Ia3 {
            Objects.requireNonNull(targets, "targets");
            Objects.requireNonNull(feedforward, "feedforward");
            if (targets.pattern().isEmpty()
                    && feedforward.pattern().isEmpty()
                    && !targets.names().containsAll(feedforward.names())) {
                throw new IllegalArgumentException("feedforward_modules must be among target_modules " + targets.names()
                        + ", feedforward_modules: " + feedforward.names());
            }
        }

        @Override
        public Method method() {
            return Method.IA3;
        }

        @Override
        public String identity() {
            return "Ia3[targets=" + targets.identity() + ", feedforward=" + feedforward.identity() + "]";
        }
    }

    /**
     * Learned embeddings before the input (Lester et al. 2021), or the same made by an encoder (P-tuning, Liu et al.
     * 2021).
     *
     * @param method {@link Method#PROMPT_TUNING} or {@link Method#P_TUNING}
     * @param virtualTokens {@code num_virtual_tokens}
     * @param width {@code token_dim}: the base's hidden size
     * @param initText {@code prompt_tuning_init_text}, when it began as the embeddings of a text
     */
    record Prompt(Method method, int virtualTokens, int width, Optional<String> initText) implements AdapterConfig {
        /** Validates the components. */
        public Prompt {
            if (method != Method.PROMPT_TUNING && method != Method.P_TUNING) {
                throw new IllegalArgumentException("method must be PROMPT_TUNING or P_TUNING, method: " + method);
            }
            checkSizes(virtualTokens, width);
            Objects.requireNonNull(initText, "initText");
        }

        @Override
        public String identity() {
            return "Prompt[method=" + method + ", virtualTokens=" + virtualTokens + ", width=" + width + ", initText="
                    + initText + "]";
        }
    }

    /**
     * Learned keys and values before every layer's own (Li and Liang 2021).
     *
     * @param virtualTokens {@code num_virtual_tokens}
     * @param width {@code token_dim}: head size times key-value heads
     * @param layers {@code num_layers}
     * @param heads {@code num_attention_heads}: key-value heads that share the width. Where a file does not say, PEFT
     *     takes the number of query heads, which is another one in models with grouped queries
     */
    record Prefix(int virtualTokens, int width, int layers, OptionalInt heads) implements AdapterConfig {
        /** Validates the components. */
        public Prefix {
            checkSizes(virtualTokens, width);
            if (heads.isPresent() && (heads.getAsInt() < 1 || width % heads.getAsInt() != 0)) {
                throw new IllegalArgumentException("num_attention_heads must divide token_dim " + width
                        + ", num_attention_heads: " + heads.getAsInt());
            }
            if (layers < 1 || layers > 4096) {
                throw new IllegalArgumentException("num_layers must be from 1 to 4096, num_layers: " + layers);
            }
        }

        @Override
        public Method method() {
            return Method.PREFIX_TUNING;
        }

        @Override
        public String identity() {
            return "Prefix[virtualTokens=" + virtualTokens + ", width=" + width + ", layers=" + layers + ", heads="
                    + heads + "]";
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
            List<String> layersPattern) {
        /** Validates the components and copies the lists. */
        public Targets {
            names = List.copyOf(names);
            layers = List.copyOf(layers);
            layersPattern = List.copyOf(layersPattern);
            if (pattern.isPresent() && !names.isEmpty()) {
                throw new IllegalArgumentException(
                        "target_modules are names or a pattern, got both: " + names + " and " + pattern.get());
            }
            if (pattern.isPresent() && !(layers.isEmpty() && layersPattern.isEmpty())) {
                throw new IllegalArgumentException(
                        "layers_to_transform and layers_pattern need target_modules that are a "
                                + "list, target_modules: '" + pattern.get() + "'");
            }
            if (layers.isEmpty() && !layersPattern.isEmpty()) {
                throw new IllegalArgumentException(
                        "layers_pattern needs layers_to_transform, layers_pattern: " + layersPattern);
            }
        }

        private String identity() {
            return "Targets[names=" + names + ", pattern=" + pattern + ", excluded=" + excluded.map(Targets::identity)
                    + ", layers=" + layers + ", layersPattern=" + layersPattern + "]";
        }

        /** Modules by their paths, or the endings of these after a dot. */
        public static Targets named(List<String> names) {
            return new Targets(names, Optional.empty(), Optional.empty(), List.of(), List.of());
        }

        /** Modules whose whole path matches a regular expression of Python's, or {@code all-linear}. */
        public static Targets matching(String pattern) {
            return new Targets(List.of(), Optional.of(pattern), Optional.empty(), List.of(), List.of());
        }
    }

    /** The kind of answers an adapter is for, as PEFT names it. */
    enum TaskType {
        /** Text, token by token. */
        CAUSAL_LM,
        /** One of a set of labels, by a head that is stored beside the factors: {@link ScoreHead}. */
        SEQ_CLS
    }

    private static void checkSizes(int virtualTokens, int width) {
        if (virtualTokens < 1 || virtualTokens > 1 << 20) {
            throw new IllegalArgumentException(
                    "num_virtual_tokens must be from 1 to " + (1 << 20) + ", num_virtual_tokens: " + virtualTokens);
        }
        if (width < 1 || width > 1 << 18) {
            throw new IllegalArgumentException("token_dim must be from 1 to " + (1 << 18) + ", token_dim: " + width);
        }
    }

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
