package dev.llmadapt.peft;

import dev.llmadapt.Adapter.Method;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.architecture.Embedding;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.training.PromptLearner;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.FloatBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Prompt tuning (Lester et al. 2021): a few learned embeddings before the prompt, the model as it is. Needs a
 * {@link LocalModel} at the bottom.
 *
 * @param virtualTokens how many embeddings, 1 to 4096
 * @param start where they begin
 * @param options how they are trained
 * @param listener hears of each step, on the thread that trains
 */
public record PromptTuning(int virtualTokens, Start start, TrainingOptions options, Consumer<TrainingEvent> listener)
        implements Strategy {
    private static final int COMMON = 5000; // as in the paper: the most common tokens

    /** Where embeddings begin. */
    public sealed interface Start {
        /**
         * Those of a text, repeated or cut to length; the task's instruction where it is empty, and as {@link Vocabulary}
         * where there is none.
         */
        record Text(String text) implements Start {
            /** Checks the component. */
            public Text {
                Objects.requireNonNull(text, "text");
            }
        }

        /** Those of tokens drawn among the 5,000 with the lowest ids, which are the most common in most vocabularies. */
        record Vocabulary() implements Start {}

        /** Numbers of a normal distribution that is as wide as the embeddings are. */
        record Normal() implements Start {}
    }

    /** Checks the components. */
    public PromptTuning {
        if (virtualTokens < 1 || virtualTokens > 4096) {
            throw new IllegalArgumentException("virtualTokens must be from 1 to 4096, virtualTokens: " + virtualTokens);
        }
        Objects.requireNonNull(start, "start");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
    }

    /** 20 embeddings that begin as the instruction's; a learning rate of 2e-2. */
    public static PromptTuning defaults() {
        return new PromptTuning(
                20, new Start.Text(""), TrainingOptions.defaults().withLearningRate(2e-2), event -> {});
    }

    /** The same with another number of embeddings. */
    public PromptTuning withVirtualTokens(int tokens) {
        return new PromptTuning(tokens, start, options, listener);
    }

    /** The same with another beginning. */
    public PromptTuning withStart(Start start) {
        return new PromptTuning(virtualTokens, start, options, listener);
    }

    /** The same, trained in another way. */
    public PromptTuning withOptions(TrainingOptions options) {
        return new PromptTuning(virtualTokens, start, options, listener);
    }

    /** The same with another listener. */
    public PromptTuning withListener(Consumer<TrainingEvent> listener) {
        return new PromptTuning(virtualTokens, start, options, listener);
    }

    @Override
    public String name() {
        return "prompt-tuning";
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
        int width;
        try (Checkpoint base = tuning.open()) {
            width = base.config().hiddenSize();
        }
        Optional<String> text = start instanceof Start.Text given
                ? Optional.of(given.text().isBlank() ? tuning.instruction() : given.text())
                        .filter(words -> !words.isBlank())
                : Optional.empty();
        AdapterConfig.Prompt config = new AdapterConfig.Prompt(Method.PROMPT_TUNING, virtualTokens, width, text);
        return tuning.adapter(
                name(), config, base -> new PromptLearner(config, null, target -> begin(tuning, base, text, target)));
    }

    private void begin(Tuning tuning, Checkpoint base, Optional<String> text, FloatBuffer target) {
        Embedding embedding = Embedding.of(base);
        Random random = new Random(options.seed());
        int[] ids = new int[virtualTokens];
        if (text.isPresent()) {
            int[] words = tuning.ids(text.get());
            if (words.length == 0) {
                throw new IllegalArgumentException("a soft prompt cannot begin as the text '" + text.get()
                        + "', which has no tokens; name another, or let it begin as vocabulary");
            }
            for (int i = 0; i < ids.length; i++) {
                ids[i] = words[i % words.length];
            }
        } else {
            int common = Math.min(COMMON, base.config().vocabularySize());
            for (int i = 0; i < ids.length; i++) {
                ids[i] = random.nextInt(common);
            }
        }
        embedding.lookup(ids, 0, ids.length, target);
        if (start instanceof Start.Normal) {
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

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        return new Tuning(model, task, options, progress, listener).with(train(model, task, progress));
    }
}
