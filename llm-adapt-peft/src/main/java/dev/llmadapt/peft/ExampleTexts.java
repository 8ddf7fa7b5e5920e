package dev.llmadapt.peft;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.EndTokens;
import dev.llmadapt.peft.data.TrainingExample;
import dev.llmadapt.peft.training.AllowedTokens;
import dev.llmadapt.peft.training.TextEncoder;
import dev.llmadapt.peft.training.TrainingException;
import dev.llmadapt.peft.training.TrainingOptions;
import dev.llmadapt.peft.training.TrainingText;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The texts that a model learns from examples: prompts of its layers, written by its chat template as its tokens. */
final class ExampleTexts {
    private final Model model;
    private final TrainingOptions options;
    private final TextEncoder encoder;
    private final @Nullable AllowedTokens allowed;
    private final int rows;

    /**
     * Looks at a base, which is not kept.
     *
     * @param model prepares the prompts; over a local model
     * @param labels that answers are, where the loss goes over these
     * @param virtualTokens how many stand before each text
     */
    ExampleTexts(
            Model model,
            LocalModel local,
            TrainingOptions options,
            List<String> labels,
            Checkpoint base,
            int virtualTokens) {
        this.model = model;
        this.options = options;
        this.rows = base.tensor(base.embeddingModule() + ".weight").rows();
        int end = EndTokens.of(
                        base.config().eosTokenIds(),
                        base.tokenizer(),
                        base.config().vocabularySize())
                .learned()
                .orElseThrow(() ->
                        new TrainingException("the tokenizer of " + base.name() + " has no token that ends an answer"));
        this.allowed = options.learning().lossOver() == TrainingOptions.LossOver.CHOICES
                ? new AllowedTokens(labels.stream().map(local::textTokens).toList(), end)
                : null;
        this.encoder = new TextEncoder(
                local::promptTokens,
                local::textTokens,
                local::conversationTokens,
                end,
                Math.min(options.learning().maxLength(), room(base, virtualTokens)),
                options.learning().lossOn());
    }

    /** See {@link Tuning#refusal}. */
    static Function<TrainingExample, Optional<String>> refusal(Model model, TrainingOptions options) {
        LocalModel local = Training.local(model);
        ExampleTexts texts;
        try (Checkpoint base = Training.open(local)) {
            texts = new ExampleTexts(
                    model, local, options.withLossOver(TrainingOptions.LossOver.VOCABULARY), List.of(), base, 0);
        }
        return example -> {
            Outcome outcome = texts.of(example);
            return outcome.text() == null ? Optional.of(outcome.refusal()) : Optional.empty();
        };
    }

    /** Tokens of a text that the base's context holds beside what is virtual. */
    private static int room(Checkpoint base, int virtual) {
        int context = base.config().contextLength();
        if (context - virtual < TrainingOptions.MIN_LENGTH) {
            throw new TrainingException(virtual + " virtual tokens leave no room for a text in the context of "
                    + context + " tokens that " + base.path() + " was made for; take fewer");
        }
        return context - virtual;
    }

    /**
     * A text, or the reason why there is none.
     *
     * @param text the text to learn, or null
     * @param refusal why it cannot be learned, or empty
     */
    record Outcome(@Nullable TrainingText text, String refusal) {}

    /** The text of a task's example. */
    Outcome of(Example example) {
        return of(Request.of(example.input()), null, Message.assistant(example.output()));
    }

    /** The text of a prompt and an answer, of which nothing but that answer is learned. */
    Outcome of(List<Message> prompt, String answer) {
        return of(Request.of(prompt.toArray(Message[]::new)), null, Message.assistant(answer));
    }

    /** The text of a conversation. */
    Outcome of(TrainingExample example) {
        Set<Integer> earlier = new TreeSet<>(example.supervised());
        earlier.remove(example.messages().size() - 1);
        return of(example.request(), earlier, example.answer());
    }

    /**
     * The text of a request and its answer.
     *
     * @param wanted which messages of the prompt are answers to learn too, or null for all that layers make of it
     */
    private Outcome of(Request request, @Nullable Set<Integer> wanted, Message answer) {
        Request prepared = model.prepare(request);
        if (!prepared.adapters().isEmpty()) {
            throw new IllegalArgumentException("an adapter cannot be trained on top of another one, the model uses "
                    + prepared.adapters() + "; merge it into the model first");
        }
        try {
            IntPredicate earlier = options.learning().lossOn() == TrainingOptions.LossOn.ASSISTANT && wanted != null
                    ? earlier(request.messages(), wanted, prepared)
                    : i -> wanted == null;
            TrainingText text = encoder.encode(prepared, earlier, answer);
            for (int id : text.ids()) {
                if (id >= rows) {
                    return new Outcome(
                            null,
                            "the token " + id + " of its text is beyond the model's embedding of " + rows
                                    + " rows: tokens were added to the tokenizer and not to the model");
                }
            }
            return allowed == null ? new Outcome(text, "") : amongChoices(text, answer.content(), allowed);
        } catch (LlmAdaptException | IllegalArgumentException e) { // a template may refuse the order of roles, or tools
            return new Outcome(null, String.valueOf(e.getMessage()));
        }
    }

    /** The text with the tokens that compete in its last answer. */
    private static Outcome amongChoices(TrainingText text, String answer, AllowedTokens allowed) {
        int from = text.firstLearned();
        List<int[]> choices;
        try {
            choices = allowed.of(Arrays.copyOfRange(text.ids(), from, text.ids().length));
        } catch (IllegalArgumentException e) {
            return new Outcome(
                    null,
                    "a loss over choices learns one answer, a label; it has earlier ones, or its last, '" + answer
                            + "', is none of the labels");
        }
        return new Outcome(text.withChoices(choices), "");
    }

    /**
     * Says which messages of a prepared request are answers to learn; layers may have put others before and around
     * them.
     */
    private static IntPredicate earlier(List<Message> prompt, Set<Integer> wanted, Request prepared) {
        int shift = prepared.messages().size() - prompt.size();
        for (int i : wanted) {
            if (shift < 0 || !prepared.messages().get(i + shift).equals(prompt.get(i))) {
                throw new TrainingException("a layer of the model changes the answer in message " + (i + 1)
                        + ", so it cannot be learned; learn COMPLETION instead");
            }
        }
        return i -> wanted.contains(i - shift);
    }
}
