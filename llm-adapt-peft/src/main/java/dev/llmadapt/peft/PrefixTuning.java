package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.HeadLayout;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.training.PrefixLearner;
import dev.llmadapt.peft.training.PromptLearner;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Prefix tuning (Li and Liang 2021): learned keys and values before those of every layer, the model as it is. They begin
 * as the keys and values of a text, as the paper recommends for little data. Needs a {@link LocalModel} at the bottom.
 *
 * @param virtualTokens how many keys and values a layer, 1 to 4096
 * @param start the text, repeated or cut to length; the task's instruction where it is empty, and
 *     small random numbers where there is none
 * @param options how they are trained
 * @param listener hears of each step, on the thread that trains
 */
public record PrefixTuning(int virtualTokens, String start, TrainingOptions options, Consumer<TrainingEvent> listener)
        implements Strategy {
    /** Checks the components. */
    public PrefixTuning {
        if (virtualTokens < 1 || virtualTokens > 4096) {
            throw new IllegalArgumentException("virtualTokens must be from 1 to 4096, virtualTokens: " + virtualTokens);
        }
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /** 20 tokens that begin as the instruction's; a learning rate of 1e-2. */
    public static PrefixTuning defaults() {
        return new PrefixTuning(20, "", TrainingOptions.defaults().withLearningRate(1e-2), event -> {});
    }

    /** The same with another number of tokens. */
    public PrefixTuning withVirtualTokens(int tokens) {
        return new PrefixTuning(tokens, start, options, listener);
    }

    /** The same that begins as another text. */
    public PrefixTuning withStart(String text) {
        return new PrefixTuning(virtualTokens, text, options, listener);
    }

    /** The same, trained in another way. */
    public PrefixTuning withOptions(TrainingOptions options) {
        return new PrefixTuning(virtualTokens, start, options, listener);
    }

    /** The same with another listener. */
    public PrefixTuning withListener(Consumer<TrainingEvent> listener) {
        return new PrefixTuning(virtualTokens, start, options, listener);
    }

    @Override
    public String name() {
        return "prefix-tuning";
    }

    /**
     * Trains an adapter.
     *
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, or the task has no examples
     */
    public PeftAdapter train(Model model, Task task, Progress progress) {
        return train(new Tuning(model, task, options, progress, listener));
    }

    /**
     * Trains an adapter on conversations as they are; {@link TrainingOptions#learn()} says which answers count. A
     * validation share is held back so that near-duplicates of a prompt stay on one side.
     *
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, there are no examples, or a metric is to select
     */
    public PeftAdapter train(Model model, TrainingData data, Progress progress) {
        return train(new Tuning(model, data, options, progress, listener));
    }

    private PeftAdapter train(Tuning tuning) {
        int[] words = tuning.ids(start.isBlank() ? tuning.instruction() : start);
        ModelConfig base;
        try (Checkpoint checkpoint = tuning.open()) {
            base = checkpoint.config();
        }
        AdapterConfig.Prefix config = new AdapterConfig.Prefix(
                virtualTokens,
                base.keyValueHeads() * base.headDim(),
                base.layers(),
                OptionalInt.of(base.keyValueHeads()));
        return tuning.adapter(
                name(),
                config,
                checkpoint -> new PrefixLearner(
                        config,
                        base.headDim(),
                        null,
                        words.length == 0
                                ? PromptLearner.normal(0.1, options.seed())
                                : target -> begin(checkpoint, words, target)));
    }

    /** The keys and values that the model itself has for a text, {@code (tokens, layers, 2, heads, headDim)}. */
    private void begin(Checkpoint base, int[] words, FloatBuffer target) {
        int[] ids = new int[virtualTokens];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = words[i % words.length];
        }
        ModelConfig config = base.config();
        int headDim = config.headDim();
        int blocks = config.layers() * 2 * config.keyValueHeads();
        try (DecoderSession session = DecoderSession.open(
                Architecture.of(base).graph(base, options.precision(), virtualTokens, AdapterInputs.NONE),
                options.threads())) {
            session.reserve(1, virtualTokens);
            session.read(0, ids, 0, ids.length, ids.length - 1, AdapterMix.NONE);
            // (layers, 2, heads, tokens, headDim)
            float[] found = HeadLayout.of(config).narrow(session.keysAndValues(0, virtualTokens));
            for (int token = 0; token < virtualTokens; token++) {
                for (int block = 0; block < blocks; block++) {
                    target.put(found, (block * virtualTokens + token) * headDim, headDim);
                }
            }
        }
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return new Tuning(model, task, options, progress, listener).with(train(model, task, progress));
    }
}
