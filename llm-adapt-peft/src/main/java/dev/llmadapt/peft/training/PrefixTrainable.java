package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Op;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Learned keys and values before every layer's own (Li and Liang 2021). */
public final class PrefixTrainable implements Trainable {
    private final AdapterConfig.Prefix config;
    private final int headDim;
    private static final String FROZEN = "frozen_prefix";

    private final Parameters parameters;
    private final @Nullable VirtualEncoder encoder;
    private final float[] frozen; // of the first tokens, which do not learn

    /**
     * A trainable.
     *
     * @param headDim numbers of a head of the base
     * @param start an adapter to train on, or null
     * @param otherwise writes the keys and values to begin with, {@code (virtualTokens, layers, 2, width)}, keys first,
     *     where there is no adapter
     */
    public PrefixTrainable(
            AdapterConfig.Prefix config, int headDim, @Nullable StoredAdapter start, Consumer<FloatBuffer> otherwise) {
        this.config = config;
        this.headDim = headDim;
        this.encoder = null;
        this.frozen = new float[0];
        this.parameters = new Parameters();
        parameters.add(
                PeftFolder.PROMPT,
                Shape.of(config.virtualTokens(), 2L * config.layers() * config.width()),
                new Initial(start, 0).of(PeftFolder.PROMPT, otherwise));
    }

    private PrefixTrainable(
            AdapterConfig.Prefix config,
            int headDim,
            @Nullable VirtualEncoder encoder,
            Parameters parameters,
            float[] frozen) {
        this.config = config;
        this.headDim = headDim;
        this.encoder = encoder;
        this.parameters = parameters;
        this.frozen = frozen;
    }

    /**
     * Returns this trainable with first tokens that stay as they begin, as {@code num_frozen_tokens} of PEFT's
     * cartridges (Eyuboglu et al. 2025): models look at the first token for want of a better one, and need it for that.
     *
     * @param tokens how many, fewer than there are
     * @param beginning writes the keys and values to begin with
     */
    public PrefixTrainable withFrozen(int tokens, Consumer<FloatBuffer> beginning) {
        if (tokens < 0 || tokens >= config.virtualTokens()) {
            throw new IllegalArgumentException("frozen tokens must be from 0 to " + (config.virtualTokens() - 1)
                    + ", one fewer than there are, frozen tokens: " + tokens);
        }
        FloatBuffer all = FloatBuffer.allocate(config.virtualTokens() * width());
        beginning.accept(all);
        return new PrefixTrainable(config, headDim, encoder, parameters, Arrays.copyOf(all.array(), tokens * width()));
    }

    /** Numbers of a token: keys and values of all layers. */
    private int width() {
        return Math.multiplyExact(2 * config.layers(), config.width());
    }

    /**
     * A trainable whose keys and values are projected from a table, and learn together by that (Li and Liang 2021).
     *
     * @param headDim numbers of a head of the base
     * @param hiddenSize {@code encoder_hidden_size} of PEFT's {@code PrefixEncoder} with {@code prefix_projection}
     * @param beginning writes the keys and values to begin with, as above, from which the projection learns the
     *     difference; or null for what a projection makes that begins as PEFT's
     */
    public static PrefixTrainable projected(
            AdapterConfig.Prefix config,
            int headDim,
            int hiddenSize,
            @Nullable Consumer<FloatBuffer> beginning,
            long seed) {
        int all = Math.multiplyExact(2 * config.layers(), config.width());
        VirtualEncoder encoder =
                VirtualEncoder.prefix(config.virtualTokens(), config.width(), hiddenSize, all, beginning);
        return new PrefixTrainable(config, headDim, encoder, encoder.parameters(seed), new float[0]);
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Map<String, Value> made(Graph graph, Map<String, Value> values) {
        Value all =
                encoder == null ? Objects.requireNonNull(values.get(PeftFolder.PROMPT)) : encoder.made(graph, values);
        if (frozen.length == 0) {
            return Map.of(PeftFolder.PROMPT, all);
        }
        int first = frozen.length / width();
        Value kept =
                graph.sharedWeight(FROZEN, ElementType.FLOAT, Shape.of(first, width()), memory -> memory.copy(frozen));
        Value learned = all.splitAlong(0, first, config.virtualTokens() - first).get(1);
        return Map.of(PeftFolder.PROMPT, graph.apply(Op.CONCAT, Map.of("axis", 0L), kept, learned));
    }

    @Override
    public int prefixTokens() {
        return config.virtualTokens();
    }

    @Override
    public Tuned attach(Graph graph, Map<String, Value> values) {
        int tokens = config.virtualTokens();
        int heads = config.width() / headDim;
        long pieces = 2L * config.layers();
        long[] ones = new long[(int) pieces];
        Arrays.fill(ones, 1);
        List<Value> parts = Objects.requireNonNull(values.get(PeftFolder.PROMPT))
                .reshape(Shape.of(tokens, pieces, heads, headDim), tokens, pieces, heads, headDim)
                .transpose(1, 2, 0, 3)
                .splitAlong(0, ones);
        return new Tuned() {
            @Override
            public Optional<Prefix> prefix(int layer) {
                return Optional.of(new Prefix(parts.get(2 * layer), parts.get(2 * layer + 1)));
            }
        };
    }
}
