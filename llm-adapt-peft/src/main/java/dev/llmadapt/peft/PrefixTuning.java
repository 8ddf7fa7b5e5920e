package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.architecture.HeadLayout;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.ModelConfig;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.training.PrefixTrainable;
import dev.llmadapt.peft.training.PromptTrainable;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Prefix tuning (Li and Liang 2021): learned keys and values before those of every layer, the model as it is. They
 * begin as the keys and values of a text, as the paper recommends for little data. With a projection a small network
 * makes them and learns in their place, as in the paper; what it makes is stored. Needs a {@link LocalModel} at the
 * bottom.
 *
 * @param virtualTokens how many keys and values a layer, 1 to 4096
 * @param initText the text they begin as, repeated or cut to length; the instruction of the training set where it is
 *     empty, and small random numbers where there is none
 * @param projectionHiddenSize {@code encoder_hidden_size} of the network that {@code prefix_projection} of PEFT adds, 1
 *     to 65536; or 0 for keys and values that learn themselves. The network learns the difference from those of the
 *     text; without a text they are what one makes that begins as PEFT's
 * @param frozenTokens how many of the first stay as the text's, fewer than there are: models look at the first token of
 *     a text for want of a better one, and may need it for that (Eyuboglu et al. 2025); 0 where there is no text
 * @param options how they are trained
 * @param listener hears of each step, on the thread that trains
 */
public record PrefixTuning(
        int virtualTokens,
        String initText,
        int projectionHiddenSize,
        int frozenTokens,
        TrainingOptions options,
        Consumer<TrainingEvent> listener)
        implements AdapterTuning {
    /** Validates the components. */
    public PrefixTuning {
        VirtualTokens.check(virtualTokens);
        Objects.requireNonNull(initText, "initText");
        VirtualTokens.checkHidden("projectionHiddenSize", projectionHiddenSize);
        if (frozenTokens < 0 || frozenTokens >= virtualTokens) {
            throw new IllegalArgumentException("frozenTokens must be from 0 to below virtualTokens, frozenTokens: "
                    + frozenTokens + ", virtualTokens: " + virtualTokens);
        }
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /** 20 tokens that begin as the instruction's; a learning rate of 1e-2. */
    public static PrefixTuning defaults() {
        return new PrefixTuning(20, "", 0, 0, TrainingOptions.defaults().withLearningRate(1e-2), event -> {});
    }

    /** Returns this tuning with another number of tokens. */
    public PrefixTuning withVirtualTokens(int tokens) {
        return new PrefixTuning(tokens, initText, projectionHiddenSize, frozenTokens, options, listener);
    }

    /** Returns this tuning with tokens that begin as another text. */
    public PrefixTuning withInitText(String text) {
        return new PrefixTuning(virtualTokens, text, projectionHiddenSize, frozenTokens, options, listener);
    }

    /** Returns this tuning with a projection of a hidden size, or 0 for none. The paper takes 512; rates are lower. */
    public PrefixTuning withProjection(int hiddenSize) {
        return new PrefixTuning(virtualTokens, initText, hiddenSize, frozenTokens, options, listener);
    }

    /** Returns this tuning with so many first tokens that stay as the text's. */
    public PrefixTuning withFrozenTokens(int tokens) {
        return new PrefixTuning(virtualTokens, initText, projectionHiddenSize, tokens, options, listener);
    }

    @Override
    public PrefixTuning withOptions(TrainingOptions options) {
        return new PrefixTuning(virtualTokens, initText, projectionHiddenSize, frozenTokens, options, listener);
    }

    @Override
    public PrefixTuning withListener(Consumer<TrainingEvent> listener) {
        return new PrefixTuning(virtualTokens, initText, projectionHiddenSize, frozenTokens, options, listener);
    }

    @Override
    public String name() {
        return "prefix-tuning";
    }

    @Override
    public PeftAdapter train(Model model, TrainingSet set, Progress progress) {
        Training training = new Training(this, model, set, progress);
        int[] words = training.ids(initText);
        return training.adapter(base -> {
            ModelConfig sizes = base.config();
            AdapterConfig.Prefix config = new AdapterConfig.Prefix(
                    virtualTokens,
                    sizes.keyValueHeads() * sizes.headDim(),
                    sizes.layers(),
                    OptionalInt.of(sizes.keyValueHeads()));
            if (words.length == 0 && frozenTokens > 0) {
                throw new IllegalArgumentException("frozenTokens stay as those of a text, and there is none: give one"
                        + " by withInitText, or freeze none, frozenTokens: " + frozenTokens);
            }
            PrefixTrainable trainable = trainable(base, config, words);
            return frozenTokens == 0 && projectionHiddenSize == 0
                    ? new Training.Untrained(config, trainable)
                    : new Training.Untrained(
                            config,
                            trainable,
                            config.identity() + ", projectionHiddenSize="
                                    + projectionHiddenSize + ", frozenTokens=" + frozenTokens + ", text="
                                    + Arrays.toString(words));
        });
    }

    private PrefixTrainable trainable(Checkpoint base, AdapterConfig.Prefix config, int[] words) {
        long seed = options.learning().seed();
        int headDim = base.config().headDim();
        Consumer<FloatBuffer> ofText = target -> begin(base, words, target);
        PrefixTrainable trainable = projectionHiddenSize == 0
                ? new PrefixTrainable(
                        config, headDim, null, words.length == 0 ? PromptTrainable.normal(0.1, seed) : ofText)
                : PrefixTrainable.projected(
                        config, headDim, projectionHiddenSize, words.length == 0 ? null : ofText, seed);
        return frozenTokens == 0 ? trainable : trainable.withFrozen(frozenTokens, ofText);
    }

    /** Writes the keys and values that the model itself has for a text, {@code (tokens, layers, 2, heads, headDim)}. */
    private void begin(Checkpoint base, int[] words, FloatBuffer target) {
        int[] ids = VirtualTokens.fill(virtualTokens, words);
        ModelConfig config = base.config();
        int headDim = config.headDim();
        int blocks = config.layers() * 2 * config.keyValueHeads();
        TrainingOptions.Machine machine = options.machine();
        try (DecoderSession session = DecoderSession.open(
                Architecture.of(base).graph(base, machine.precision(), virtualTokens, AdapterInputs.NONE),
                machine.threads())) {
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
}
