package dev.llmadapt.peft.training;

import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.graph.ElementType;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.PeftFolder;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Learned embeddings before the input (Lester et al. 2021). The texts' embeddings have zeros where virtual tokens
 * stand, and {@value #PLACES} {@code (batch, seq, virtualTokens)} is 1 where one of them stands, else 0: so they may
 * stand anywhere, also several times in a row that holds several texts.
 */
public final class PromptTrainable implements Trainable {
    /** See the class. */
    public static final String PLACES = "virtual_places";

    private final int virtualTokens;
    private final Parameters parameters;
    private final @Nullable VirtualEncoder encoder;

    /**
     * A trainable.
     *
     * @param start an adapter to train on, or null
     * @param otherwise writes the embeddings to begin with, {@code (virtualTokens, width)}, where there is no adapter
     */
    public PromptTrainable(
            AdapterConfig.Prompt config, @Nullable StoredAdapter start, Consumer<FloatBuffer> otherwise) {
        this.virtualTokens = config.virtualTokens();
        this.encoder = null;
        this.parameters = new Parameters();
        parameters.add(
                PeftFolder.PROMPT,
                Shape.of(config.virtualTokens(), config.width()),
                new Initial(start, 0).of(PeftFolder.PROMPT, otherwise));
    }

    private PromptTrainable(AdapterConfig.Prompt config, VirtualEncoder encoder, long seed) {
        this.virtualTokens = config.virtualTokens();
        this.encoder = encoder;
        this.parameters = encoder.parameters(seed);
    }

    /**
     * A trainable whose embeddings are made by an encoder, which learns in their place (Liu et al. 2021).
     *
     * @param hiddenSize {@code encoder_hidden_size} of PEFT's {@code PromptEncoder}, whose kind is MLP
     * @param beginning writes the embeddings to begin with, from which the encoder learns the difference; or null for
     *     what an encoder makes that begins as PEFT's
     */
    public static PromptTrainable encoded(
            AdapterConfig.Prompt config, int hiddenSize, @Nullable Consumer<FloatBuffer> beginning, long seed) {
        return new PromptTrainable(
                config, VirtualEncoder.prompt(config.virtualTokens(), config.width(), hiddenSize, beginning), seed);
    }

    /** Embeddings of a normal distribution. */
    public static Consumer<FloatBuffer> normal(double deviation, long seed) {
        return new Initial(null, seed).normal(deviation);
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Map<String, Value> made(Graph graph, Map<String, Value> values) {
        return encoder == null ? values : Map.of(PeftFolder.PROMPT, encoder.made(graph, values));
    }

    @Override
    public int virtualTokens() {
        return virtualTokens;
    }

    @Override
    public Tuned attach(Graph graph, Map<String, Value> values) {
        Value prompt = Objects.requireNonNull(values.get(PeftFolder.PROMPT));
        return new Tuned() {
            @Override
            public Value embedded(Value embeddings) {
                Value places = graph.input(PLACES, ElementType.FLOAT, Shape.of("batch", "seq", virtualTokens));
                return embeddings.plus(places.matmul(prompt));
            }
        };
    }
}
