package dev.llmadapt.peft;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.training.TrainingEvent;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A strategy that trains: it learns an adapter, or all weights, from examples. Needs a {@link LocalModel} at the
 * bottom.
 *
 * <p>{@link #named} makes one by its name. {@link AdapterTuning}s train a {@link PeftAdapter}, {@link FullTuning} a
 * model of its own; each writes what it trained into a folder, and opens it from there.
 */
public sealed interface Tuning extends Strategy permits AdapterTuning, FullTuning {
    /** How the tuning trains. */
    TrainingOptions options();

    /** The listener that hears of each step, on the thread that trains. */
    Consumer<TrainingEvent> listener();

    /** This tuning with other options of training. */
    Tuning withOptions(TrainingOptions options);

    /** This tuning with another listener. */
    Tuning withListener(Consumer<TrainingEvent> listener);

    /**
     * Trains and writes a folder: an adapter as PEFT does, a model as {@code save_pretrained} does; with the settings
     * and the SHA-256 of the data beside it in {@code llm_adapt.json}.
     *
     * @param target must not exist or be empty
     * @throws TrainingException if training fails
     * @throws IllegalArgumentException if the model is not local, or the set has no metric and one is to select
     */
    void train(Model model, TrainingSet set, Path target, Progress progress);

    /** Trains on a task's examples and writes a folder: see {@link #train(Model, TrainingSet, Path, Progress)}. */
    default void train(Model model, Task task, Path target, Progress progress) {
        train(model, TrainingSet.of(task), target, progress);
    }

    /** Trains on conversations and writes a folder: see {@link #train(Model, TrainingSet, Path, Progress)}. */
    default void train(Model model, TrainingData data, Path target, Progress progress) {
        train(model, TrainingSet.of(data), target, progress);
    }

    /** This tuning behind a search for its settings, which is made anew for each task that it adapts to. */
    default Strategy withSearch(TuningSearch search) {
        return new SearchedTuning(this, search);
    }

    /**
     * Opens what this tuning wrote, behind the layers of the model it was trained from, whose prompts it has learned.
     *
     * @param model the model it was trained from; stays open, and is not closed with the model returned
     * @param folder must stay unchanged while the model is open
     * @return a model that the caller closes
     * @throws IllegalArgumentException if the model is not local
     */
    Model open(Model model, Path folder);

    /**
     * The tuning of a name, with its defaults.
     *
     * @param name one of {@link #names()}
     * @throws IllegalArgumentException if the name is unknown, naming those known
     */
    static Tuning named(String name) {
        return TuningNames.tuning(name);
    }

    /** The names of all tunings. */
    static List<String> names() {
        return TuningNames.all();
    }

    /**
     * Says why a model cannot learn an example: its chat template refuses the conversation, the answer alone is longer
     * than a text may be, or a token is one that the embedding does not have.
     *
     * @param model a local one, with the layers whose prompts are learned
     * @param options what is learned of a text, and how long it may be
     * @return a function that gives the reason, or empty for an example that can be learned
     * @throws IllegalArgumentException if the model is not local
     */
    static Function<TrainingExample, Optional<String>> refusal(Model model, TrainingOptions options) {
        return ExampleTexts.refusal(model, options);
    }
}
