package dev.llmadapt.peft;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.folder.ClassifierSettings.Wording;
import dev.llmadapt.peft.training.TrainingText;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The texts and labels that a head learns from examples. */
final class LabelTexts {
    private final Model model;
    private final LocalModel local;
    private final List<String> labels;
    private final Wording wording;
    private final int most;
    private final int rows;

    /**
     * Looks at a base, which is not kept.
     *
     * @param labels of the head's rows
     * @param wording what stands around texts
     * @param maxLength the most tokens of a text
     */
    LabelTexts(Model model, LocalModel local, List<String> labels, Wording wording, int maxLength, Checkpoint base) {
        this.model = model;
        this.local = local;
        this.labels = labels;
        this.wording = wording;
        this.most = Math.min(maxLength, base.config().contextLength());
        this.rows = base.tensor(base.embeddingModule() + ".weight").rows();
    }

    /**
     * The labels of a set: those of a task in its order, the distinct answers of training data sorted.
     *
     * @throws IllegalArgumentException if it has none, or the examples have fewer than two
     */
    static List<String> of(TrainingSet set) {
        List<String> labels;
        TreeSet<String> met = new TreeSet<>();
        String origin;
        if (set instanceof TrainingSet.OfTask of) {
            origin = "the task '" + of.task().name() + "'";
            labels = of.task().labels();
            if (labels.isEmpty()) {
                throw new IllegalArgumentException(
                        "a head scores labels, " + origin + " has none; use LoRA for answers that are free text");
            }
            of.task().examples().forEach(example -> met.add(example.output()));
        } else {
            TrainingSet.OfData of = (TrainingSet.OfData) set;
            origin = of.data().origin();
            of.data().examples().forEach(example -> {
                if (example.usesTools()) {
                    throw new IllegalArgumentException("a head learns labels, " + origin + " has tools in example "
                            + example + "; use LoRA for calls of tools");
                }
                if (example.hasReasoning()) {
                    throw new IllegalArgumentException("a head learns labels, " + origin + " has a thought in example "
                            + example + "; leave it out, or use LoRA");
                }
                met.add(example.completion());
            });
            labels = List.copyOf(met);
        }
        if (met.size() < 2) {
            throw new IllegalArgumentException("a head needs examples of at least two labels, those of " + origin
                    + " are all '" + met.first() + "'");
        }
        return labels;
    }

    /** The text of a task's example. */
    ExampleTexts.Outcome of(Example example) {
        return of(Request.of(example.input()), example.output());
    }

    /** The text of a conversation, whose answer is its label. */
    ExampleTexts.Outcome of(TrainingExample example) {
        return of(Request.of(example.prompt().toArray(Message[]::new)), example.completion());
    }

    private ExampleTexts.Outcome of(Request request, String label) {
        try {
            int[] ids = local.promptTokens(prompt(model, local, request, wording, most, Integer.MAX_VALUE));
            for (int id : ids) {
                if (id >= rows) {
                    return new ExampleTexts.Outcome(
                            null,
                            "the token " + id + " of its text is beyond the model's embedding of " + rows
                                    + " rows: tokens were added to the tokenizer and not to the model");
                }
            }
            return new ExampleTexts.Outcome(TrainingText.labelled(ids, labels.indexOf(label)), "");
        } catch (LlmAdaptException | IllegalArgumentException e) { // a template refuses, or a text has no tokens
            return new ExampleTexts.Outcome(null, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The request whose last token a head looks at. A text that stands alone and is too long loses its end, as
     * transformers truncates; what the wording puts behind it stays.
     *
     * @param model whose layers prepare it
     * @param most tokens that are read of a text
     * @param context tokens that a text may have before its end is cut
     * @param request of which the last user message is the text, where it is to stand alone
     * @throws IllegalArgumentException if it names adapters, has no text, or has more tokens than it may
     */
    static Request prompt(Model model, LocalModel local, Request request, Wording wording, int most, int context) {
        int question = request.question();
        Message text = request.messages().get(question);
        if (wording.chat()) {
            List<Message> messages = new ArrayList<>(request.messages());
            messages.set(question, Message.user(wording.around(text.content())));
            Request prepared = requireOwn(model.prepare(request.withMessages(messages)));
            requireFits(local, prepared, most);
            return prepared;
        }
        requireOwn(request);
        if (text.content().isBlank()) {
            throw new IllegalArgumentException("a head needs a text to answer, the last user message is empty");
        }
        Request raw = request.withMessages(List.of(Message.user(wording.around(text.content()))))
                .withRaw(true);
        return requireFits(local, raw, context) <= most ? raw : shortened(local, raw, text.content(), wording, most);
    }

    private static Request requireOwn(Request request) {
        if (!request.adapters().isEmpty()) {
            throw new IllegalArgumentException(
                    "a head works with its own adapter alone, the request uses " + request.adapters());
        }
        return request;
    }

    private static int requireFits(LocalModel local, Request request, int most) {
        int length = local.promptTokens(request).length;
        if (length > most) {
            throw new IllegalArgumentException(
                    "the text has " + length + " tokens, a head reads " + most + " at most; shorten it");
        }
        return length;
    }

    /** The longest beginning with no more than some tokens. */
    private static Request shortened(LocalModel local, Request raw, String text, Wording wording, int most) {
        int fits = 0;
        int tooLong = text.codePointCount(0, text.length());
        while (tooLong - fits > 1) {
            int middle = (fits + tooLong) / 2;
            if (local.promptTokens(beginning(raw, text, wording, middle)).length <= most) {
                fits = middle;
            } else {
                tooLong = middle;
            }
        }
        Request shortest = beginning(raw, text, wording, Math.max(1, fits));
        if (fits == 0) {
            requireFits(local, shortest, most); // what stands around a text may take all there is
        }
        return shortest;
    }

    private static Request beginning(Request raw, String text, Wording wording, int codePoints) {
        String begun = text.substring(0, text.offsetByCodePoints(0, codePoints));
        return raw.withMessages(List.of(Message.user(wording.around(begun))));
    }
}
