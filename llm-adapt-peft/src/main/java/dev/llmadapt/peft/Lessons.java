package dev.llmadapt.peft;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.Task;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.peft.data.TrainingData;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;

/**
 * The texts of a training: those to learn, and those held back to be measured.
 *
 * @param texts to learn, at least one
 * @param names of these texts, for messages
 * @param validation to measure, may be empty
 * @param heldBack the examples of the texts to measure; empty for training data, which has no metric
 * @param leftOut how many examples cannot be learned
 */
record Lessons(
        List<TrainingText> texts,
        List<String> names,
        List<TrainingText> validation,
        List<Example> heldBack,
        int leftOut) {

    /** The lessons of a set, without what cannot be learned. */
    static Lessons of(TrainingSet set, ExampleTexts texts, TrainingOptions options) {
        if (set instanceof TrainingSet.OfTask of && !of.decisions().isEmpty()) {
            throw new IllegalArgumentException(
                    "what writes its answers learns answers, not probabilities; lora-head" + " learns probabilities");
        }
        return of(set, texts::of, texts::of, options);
    }

    /** The lessons of a set for a head that scores labels. */
    static Lessons of(TrainingSet set, LabelTexts texts, TrainingOptions options) {
        return of(set, withProbabilities(set, texts::of), texts::of, options);
    }

    /** The texts of examples, with the probabilities that are learned in place of their labels, if there are some. */
    private static Function<Example, ExampleTexts.Outcome> withProbabilities(
            TrainingSet set, Function<Example, ExampleTexts.Outcome> texts) {
        if (!(set instanceof TrainingSet.OfTask of) || of.decisions().isEmpty()) {
            return texts;
        }
        Task task = of.task();
        IdentityHashMap<Example, float[]> shares = new IdentityHashMap<>();
        for (int i = 0; i < task.examples().size(); i++) {
            Decision decision = of.decisions().get(i).restrictedTo(task.labels());
            float[] row = new float[task.labels().size()];
            for (int label = 0; label < row.length; label++) {
                row[label] = (float) decision.choices().get(label).probability();
            }
            shares.put(task.examples().get(i), row);
        }
        return example -> {
            ExampleTexts.Outcome outcome = texts.apply(example);
            TrainingText text = outcome.text();
            return text == null
                    ? outcome
                    : new ExampleTexts.Outcome(text.withProbabilities(Objects.requireNonNull(shares.get(example))), "");
        };
    }

    private static Lessons of(
            TrainingSet set,
            Function<Example, ExampleTexts.Outcome> ofExample,
            Function<TrainingExample, ExampleTexts.Outcome> ofConversation,
            TrainingOptions options) {
        return set instanceof TrainingSet.OfTask task
                ? ofTask(task.task(), ofExample, options)
                : ofData(((TrainingSet.OfData) set).data(), ofConversation, options);
    }

    private static Lessons ofTask(Task task, Function<Example, ExampleTexts.Outcome> texts, TrainingOptions options) {
        Learnable<Example> learnable =
                Learnable.of(task.name(), task.examples(), example -> "'" + example.id() + "'", texts);
        List<Example> order = new ArrayList<>(learnable.examples());
        Collections.shuffle(order, new Random(options.learning().seed()));
        double share = options.validation().share();
        int held = share == 0 ? 0 : Math.max(1, (int) Math.round(order.size() * share));
        if (held >= order.size()) {
            throw new IllegalArgumentException("too few examples to hold some back: " + order.size());
        }
        List<Example> heldBack = order.subList(0, held);
        return of(learnable, order.subList(held, order.size()), heldBack, heldBack);
    }

    /** Near-duplicates on both sides would make the measurement look better than it is. */
    private static Lessons ofData(
            TrainingData data, Function<TrainingExample, ExampleTexts.Outcome> texts, TrainingOptions options) {
        Learnable<TrainingExample> learnable =
                Learnable.of(data.origin(), data.examples(), TrainingExample::toString, texts);
        if (options.validation().share() == 0) {
            return of(learnable, learnable.examples(), List.of(), List.of());
        }
        try {
            TrainingData.Split split = data.withExamples(learnable.examples())
                    .split(options.validation().share(), options.learning().seed());
            return of(learnable, split.train().examples(), split.heldOut().examples(), List.of());
        } catch (IllegalArgumentException e) {
            throw new TrainingException(String.valueOf(e.getMessage()), e);
        }
    }

    private static <T> Lessons of(Learnable<T> learnable, List<T> train, List<T> validation, List<Example> heldBack) {
        return new Lessons(
                train.stream().map(learnable::text).toList(),
                train.stream().map(learnable::name).toList(),
                validation.stream()
                        .map(example -> learnable.text(example).withoutProbabilities())
                        .toList(),
                List.copyOf(heldBack),
                learnable.leftOut());
    }

    /** The SHA-256 of the texts' tokens and of which of them are learned. */
    String sha256() {
        MessageDigest digest = Sha256.newDigest();
        for (List<TrainingText> side : List.of(texts, validation)) {
            digest.update((byte) '|');
            for (TrainingText text : side) {
                digest.update(Arrays.toString(text.ids()).getBytes(StandardCharsets.UTF_8));
                digest.update(Arrays.toString(text.learned()).getBytes(StandardCharsets.UTF_8));
                for (int[] choices : text.choices()) {
                    digest.update(("choices " + Arrays.toString(choices)).getBytes(StandardCharsets.UTF_8));
                }
                if (text.label() >= 0) {
                    digest.update(("label " + text.label()).getBytes(StandardCharsets.UTF_8));
                }
                if (text.probabilities().length > 0) {
                    digest.update(Arrays.toString(text.probabilities()).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return Sha256.hex(digest);
    }
}
