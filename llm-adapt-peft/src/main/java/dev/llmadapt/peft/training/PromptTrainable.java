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
    private final Parameters parameters = new Parameters();

    /**
     * A trainable.
     *
     * @param start an adapter to train on, or null
     * @param otherwise writes the embeddings to begin with, {@code (virtualTokens, width)}, where there is no adapter
     */
    public PromptTrainable(
            AdapterConfig.Prompt config, @Nullable StoredAdapter start, Consumer<FloatBuffer> otherwise) {
        this.virtualTokens = config.virtualTokens();
        parameters.add(
                PeftFolder.PROMPT,
                Shape.of(config.virtualTokens(), config.width()),
                new Initial(start, 0).of(PeftFolder.PROMPT, otherwise));
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
