package dev.llmadapt.prompting;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The two calls of {@link ChainOfThought}. */
final class ThinkingModel extends ModelLayer {
    private final ChainOfThought wording;
    private final GenerationOptions sampling;

    ThinkingModel(Model base, ChainOfThought wording) {
        this(base, wording, GenerationOptions.defaults());
    }

    /** The thoughts are sampled as told, but for their length. */
    ThinkingModel(Model base, ChainOfThought wording, GenerationOptions sampling) {
        super(base);
        this.wording = wording;
        this.sampling = sampling;
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        requireOpen();
        Generation thoughts = base().generate(thinking(request));
        if (thoughts.finishReason() == FinishReason.INTERRUPTED) {
            return unanswered(thoughts);
        }
        return both(thoughts, base().stream(answering(request, thoughts), listener));
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        List<Generation> thoughts =
                base().generate(requests.stream().map(this::thinking).toList());
        if (thoughts.stream().anyMatch(thought -> thought.finishReason() == FinishReason.INTERRUPTED)) {
            return thoughts.stream().map(ThinkingModel::unanswered).toList();
        }
        List<Request> answering = new ArrayList<>();
        for (int row = 0; row < requests.size(); row++) {
            answering.add(answering(requests.get(row), thoughts.get(row)));
        }
        List<Generation> answers = base().generate(answering);
        List<Generation> both = new ArrayList<>();
        for (int row = 0; row < requests.size(); row++) {
            both.add(both(thoughts.get(row), answers.get(row)));
        }
        return both;
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        Generation thoughts = think(prompt);
        Scores scores = base().score(answering(prompt, thoughts), continuations);
        return new Scores(scores.entries(), thoughts.usage().plus(scores.usage()));
    }

    @Override
    public Request prepare(Request request) {
        requireOpen();
        return base().prepare(answering(request, think(request)));
    }

    private Generation think(Request request) {
        Generation thoughts = base().generate(thinking(request));
        if (thoughts.finishReason() == FinishReason.INTERRUPTED) {
            throw new LlmAdaptException(
                    "the thread was interrupted while the model was thinking; scores of half a thought would mislead");
        }
        return thoughts;
    }

    /** The first call: the question, and the turn of the model begun. */
    private Request thinking(Request request) {
        return question(request)
                .plus(Message.assistant(render(wording.trigger(), request)))
                .withConstraint(OutputConstraint.none())
                .withOptions(sampling.withMaxTokens(wording.thoughtTokens()));
    }

    /** The second call: the same turn with the thoughts and the lead to the answer. */
    private Request answering(Request request, Generation thoughts) {
        return question(request)
                .plus(Message.assistant(render(wording.trigger(), request)
                        + thoughts.text().stripTrailing()
                        + render(wording.answer(), request)
                        + (begun(request) ? request.last().content() : "")));
    }

    /** The request without the beginning of an answer. */
    private static Request question(Request request) {
        List<Message> messages = request.messages();
        return begun(request) ? request.withMessages(messages.subList(0, messages.size() - 1)) : request;
    }

    private static boolean begun(Request request) {
        return request.last().role() == Role.ASSISTANT && request.messages().size() > 1;
    }

    private static String render(PromptTemplate template, Request request) {
        return template.render(
                request.constraint() instanceof OutputConstraint.OneOf oneOf
                        ? Map.of("labels", String.join(", ", oneOf.choices()))
                        : Map.of());
    }

    private static Generation both(Generation thoughts, Generation answer) {
        String inner = answer.reasoning();
        Duration thinking = thoughts.timings().total();
        return new Generation(
                answer.text(),
                answer.tokens(),
                answer.finishReason(),
                thoughts.usage().plus(answer.usage()),
                new Timings(
                        thinking.plus(answer.timings().toFirstToken()),
                        thinking.plus(answer.timings().total())),
                inner.isEmpty() ? thoughts.text() : thoughts.text() + "\n" + inner);
    }

    /** Interrupted while thinking: no answer yet. */
    private static Generation unanswered(Generation thoughts) {
        return new Generation(
                "", List.of(), FinishReason.INTERRUPTED, thoughts.usage(), thoughts.timings(), thoughts.text());
    }
}
