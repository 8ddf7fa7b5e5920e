package dev.llmadapt.peft;

import dev.llmadapt.Adapter.Method;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.training.PromptTrainable;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Prompt tuning (Lester et al. 2021): a few learned embeddings before the prompt, the model as it is. With an encoder
 * it is P-tuning (Liu et al. 2021): a small network makes the embeddings and learns in their place; what it makes is
 * stored. Needs a {@link LocalModel} at the bottom.
 *
 * @param virtualTokens how many embeddings, 1 to 4096
 * @param init where they begin
 * @param initText the text of {@link PromptInit#TEXT}; the instruction of the training set where it is empty, and as
 *     {@link PromptInit#SAMPLE_VOCAB} where there is none
 * @param encoderHiddenSize {@code encoder_hidden_size} of P-tuning's encoder, of PEFT's kind MLP, 1 to 65536; or 0 for
 *     embeddings that learn themselves. The encoder learns the difference from where they begin; for
 *     {@link PromptInit#RANDOM} they are what an encoder makes that begins as PEFT's
 * @param options how they are trained
 * @param listener hears of each step, on the thread that trains
 */
public record PromptTuning(
        int virtualTokens,
        PromptInit init,
        String initText,
        int encoderHiddenSize,
        TrainingOptions options,
        Consumer<TrainingEvent> listener)
        implements AdapterTuning {
    private static final int ENCODER_HIDDEN_SIZE = 128; // as in PEFT's examples
    private static final int COMMON = 5000; // as in the paper: the most common tokens

    /** Validates the components. */
    public PromptTuning {
        VirtualTokens.check(virtualTokens);
        Objects.requireNonNull(init, "init");
        Objects.requireNonNull(initText, "initText");
        VirtualTokens.checkHidden("encoderHiddenSize", encoderHiddenSize);
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /** 20 embeddings that begin as the instruction's; a learning rate of 2e-2. */
    public static PromptTuning defaults() {
        return new PromptTuning(
                20, PromptInit.TEXT, "", 0, TrainingOptions.defaults().withLearningRate(2e-2), event -> {});
    }

    /** P-tuning: embeddings as above, made by an encoder of hidden size 128; a learning rate of 1e-3. */
    public static PromptTuning encoded() {
        PromptTuning plain = defaults();
        return plain.withEncoder(ENCODER_HIDDEN_SIZE).withOptions(plain.options.withLearningRate(1e-3));
    }

    /** Returns this tuning with another number of embeddings. */
    public PromptTuning withVirtualTokens(int tokens) {
        return new PromptTuning(tokens, init, initText, encoderHiddenSize, options, listener);
    }

    /** Returns this tuning with another beginning. */
    public PromptTuning withInit(PromptInit init) {
        return new PromptTuning(virtualTokens, init, initText, encoderHiddenSize, options, listener);
    }

    /** Returns this tuning with embeddings that begin as those of a text. */
    public PromptTuning withInitText(String text) {
        return new PromptTuning(virtualTokens, PromptInit.TEXT, text, encoderHiddenSize, options, listener);
    }

    /** Returns this tuning with an encoder of a hidden size, or 0 for none. */
    public PromptTuning withEncoder(int hiddenSize) {
        return new PromptTuning(virtualTokens, init, initText, hiddenSize, options, listener);
    }

    @Override
    public PromptTuning withOptions(TrainingOptions options) {
        return new PromptTuning(virtualTokens, init, initText, encoderHiddenSize, options, listener);
    }

    @Override
    public PromptTuning withListener(Consumer<TrainingEvent> listener) {
        return new PromptTuning(virtualTokens, init, initText, encoderHiddenSize, options, listener);
    }

    @Override
    public String name() {
        return encoderHiddenSize > 0 ? "p-tuning" : "prompt-tuning";
    }

    @Override
    public PeftAdapter train(Model model, TrainingSet set, Progress progress) {
        Optional<String> text = Optional.of(initText.isBlank() ? set.instruction() : initText)
                .filter(words -> init == PromptInit.TEXT && !words.isBlank());
        Training training = new Training(this, model, set, progress);
        int[] words = text.map(training::ids).orElse(new int[0]);
        return training.adapter(base -> {
            AdapterConfig.Prompt config = new AdapterConfig.Prompt(
                    encoderHiddenSize > 0 ? Method.P_TUNING : Method.PROMPT_TUNING,
                    virtualTokens,
                    base.config().hiddenSize(),
                    text);
            if (text.isPresent() && words.length == 0) {
                throw new IllegalArgumentException("a soft prompt cannot begin as the text '" + text.get()
                        + "', which has no tokens; name another, or let it begin as SAMPLE_VOCAB");
            }
            Consumer<FloatBuffer> beginning = target -> begin(base, words, target);
            if (encoderHiddenSize == 0) {
                return new Training.Untrained(config, new PromptTrainable(config, null, beginning));
            }
            return new Training.Untrained(
                    config,
                    PromptTrainable.encoded(
                            config,
                            encoderHiddenSize,
                            init == PromptInit.RANDOM ? null : beginning,
                            options.learning().seed()),
                    config.identity() + ", encoderHiddenSize=" + encoderHiddenSize + ", init=" + init);
        });
    }

    private void begin(Checkpoint base, int[] words, FloatBuffer target) {
        Random random = new Random(options.learning().seed());
        int common = Math.min(COMMON, base.config().vocabularySize());
        int[] ids = words.length > 0 ? VirtualTokens.fill(virtualTokens, words) : new int[virtualTokens];
        for (int i = 0; words.length == 0 && i < ids.length; i++) {
            ids[i] = random.nextInt(common);
        }
        Embedding.of(base).lookup(ids, 0, ids.length, target);
        if (init == PromptInit.RANDOM) {
            double squares = 0;
            for (int i = 0; i < target.capacity(); i++) {
                squares += (double) target.get(i) * target.get(i);
            }
            double deviation = Math.sqrt(squares / target.capacity());
            for (int i = 0; i < target.capacity(); i++) {
                target.put(i, (float) (random.nextGaussian() * deviation));
            }
        }
    }
}
