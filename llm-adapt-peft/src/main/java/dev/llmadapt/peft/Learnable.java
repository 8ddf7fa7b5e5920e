package dev.llmadapt.peft;

import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingText;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The examples of a run that a model can learn. The others are left out: one conversation that a chat template refuses
 * must not end a training.
 *
 * @param examples those that can be learned, at least one
 * @param leftOut how many examples cannot be learned
 * @param texts of the examples, by identity
 * @param names gives the name of an example, for messages
 */
record Learnable<T>(List<T> examples, int leftOut, IdentityHashMap<T, TrainingText> texts, Function<T, String> names) {
    private static final Logger LOG = LoggerFactory.getLogger(Learnable.class);
    private static final int MAX_NAMED = 5;

    /**
     * Chooses the examples that can be learned, and names the first of those left out in the log.
     *
     * @throws TrainingException if none can be learned
     */
    static <T> Learnable<T> of(
            String origin, List<T> all, Function<T, String> name, Function<T, ExampleTexts.Outcome> texts) {
        IdentityHashMap<T, TrainingText> learned = new IdentityHashMap<>();
        List<T> examples = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (T example : all) {
            ExampleTexts.Outcome outcome = texts.apply(example);
            TrainingText text = outcome.text();
            if (text == null) {
                refusals.add(name.apply(example) + ": " + outcome.refusal());
            } else {
                learned.put(example, text);
                examples.add(example);
            }
        }
        if (examples.isEmpty()) {
            throw new TrainingException(origin + ": none of its " + all.size()
                    + " examples can be learned; the first is " + refusals.get(0));
        }
        if (!refusals.isEmpty()) {
            LOG.warn(
                    "{}: {} of {} examples cannot be learned and are left out: {}",
                    origin,
                    refusals.size(),
                    all.size(),
                    String.join("; ", refusals.subList(0, Math.min(MAX_NAMED, refusals.size()))));
        }
        return new Learnable<>(examples, refusals.size(), learned, name);
    }

    /** The name of one of the examples. */
    String name(T example) {
        return names.apply(example);
    }

    /** The text of one of the examples. */
    TrainingText text(T example) {
        return Objects.requireNonNull(texts.get(example), "the example is one of these");
    }
}
