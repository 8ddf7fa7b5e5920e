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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A model that makes the two calls of {@link ChainOfThought}. */
final class ThinkingModel extends ModelLayer {
    private final ChainOfThought wording;
    private final GenerationOptions sampling;

    ThinkingModel(Model base, ChainOfThought wording) {
        this(base, wording, GenerationOptions.defaults());
    }

    /** A model whose thoughts are sampled with these options, except for their length. */
    ThinkingModel(Model base, ChainOfThought wording, GenerationOptions sampling) {
        super(base);
        this.wording = wording;
        this.sampling = sampling;
    }

    /** Lets the model think about all requests at once. */
    @Override
    protected List<? extends Exchange> exchanges(List<Request> requests) {
        requests.forEach(request -> request.requireNoTools("a layer of chain-of-thought"));
        List<Generation> thoughts =
                base().generate(requests.stream().map(this::thinking).toList());
        boolean interrupted = thoughts.stream().anyMatch(thought -> thought.finishReason() == FinishReason.INTERRUPTED);
        return IntStream.range(0, requests.size())
                .mapToObj(row -> new Thought(requests.get(row), thoughts.get(row), interrupted))
                .toList();
    }

    /** A request with its thoughts, which are complete unless the thread was interrupted. */
    private final class Thought implements Exchange {
        private final Request request;
        private final Generation thoughts;
        private final boolean interrupted;

        Thought(Request request, Generation thoughts, boolean interrupted) {
            this.request = request;
            this.thoughts = thoughts;
            this.interrupted = interrupted;
        }

        @Override
        public Request asked() {
            if (interrupted) {
                throw new LlmAdaptException("the thread was interrupted while the model was thinking; scores of half a"
                        + " thought would mislead");
            }
            return answering(request, thoughts);
        }

        /** The empty answer of a call that was interrupted while the model was thinking. */
        @Override
        public Optional<Generation> own(TokenListener listener) {
            return interrupted
                    ? Optional.of(new Generation(
                            "",
                            List.of(),
                            FinishReason.INTERRUPTED,
                            thoughts.usage(),
                            thoughts.timings(),
                            thoughts.text()))
                    : Optional.empty();
        }

        @Override
        public Generation answered(Generation answer) {
            return both(thoughts, answer);
        }

        @Override
        public Scores scored(Model inside, List<String> continuations) {
            Scores scores = inside.score(asked(), continuations);
            return new Scores(scores.entries(), thoughts.usage().plus(scores.usage()));
        }
    }

    /** The first call: the question, and the beginning of the model's turn. */
    private Request thinking(Request request) {
        return question(request)
                .plus(Message.assistant(render(wording.trigger(), request)))
                .withConstraint(OutputConstraint.none())
                .withOptions(sampling.withMaxTokens(wording.thoughtTokens()));
    }

    /** The second call: that turn with the thoughts and the text that leads to the answer. */
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
                inner.isEmpty() ? thoughts.text() : thoughts.text() + "\n" + inner,
                answer.decision());
    }
}
