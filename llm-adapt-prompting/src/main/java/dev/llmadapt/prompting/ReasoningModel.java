package dev.llmadapt.prompting;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A model that asks the model inside for reasoning first, and lets it answer behind that, in the same turn. */
abstract class ReasoningModel extends ModelLayer {
    private final String strategy;

    /**
     * Makes a model.
     *
     * @param strategy its name in errors
     */
    ReasoningModel(Model base, String strategy) {
        super(base);
        this.strategy = strategy;
    }

    /**
     * The reasoning about a request.
     *
     * @param turn the beginning of the model's turn, up to where its answer begins; empty for none
     * @param text what of it the model wrote
     * @param usage of all calls
     * @param time of all calls
     * @param interrupted whether the thread was interrupted before it was complete
     */
    record Reasoning(String turn, String text, Usage usage, Duration time, boolean interrupted) {
        /** A reasoning that no call has added to. */
        static final Reasoning NONE = new Reasoning("", "", Usage.NONE, Duration.ZERO, false);

        /** This reasoning after a further call. */
        Reasoning after(Generation call) {
            return new Reasoning(
                    turn,
                    text,
                    usage.plus(call.usage()),
                    time.plus(call.timings().total()),
                    interrupted || call.finishReason() == FinishReason.INTERRUPTED);
        }

        /** This reasoning with other texts. */
        Reasoning with(String turn, String text) {
            return new Reasoning(turn, text, usage, time, interrupted);
        }
    }

    /**
     * Reasons about all requests at once.
     *
     * @param requests without the beginnings of answers
     * @return one for each, in their order; all are dropped if one was interrupted
     */
    abstract List<Reasoning> reason(List<Request> requests);

    @Override
    protected final List<? extends Exchange> exchanges(List<Request> requests) {
        requests.forEach(request -> request.requireNoTools("a layer of " + strategy));
        List<Reasoning> reasonings =
                reason(requests.stream().map(ReasoningModel::question).toList());
        boolean interrupted = reasonings.stream().anyMatch(Reasoning::interrupted);
        return IntStream.range(0, requests.size())
                .mapToObj(row -> new Reasoned(requests.get(row), reasonings.get(row), interrupted))
                .toList();
    }

    /** A request with its reasoning, which is complete unless the thread was interrupted. */
    private static final class Reasoned implements Exchange {
        private final Request request;
        private final Reasoning reasoning;
        private final boolean interrupted;

        Reasoned(Request request, Reasoning reasoning, boolean interrupted) {
            this.request = request;
            this.reasoning = reasoning;
            this.interrupted = interrupted;
        }

        @Override
        public Request asked() {
            if (interrupted) {
                throw new LlmAdaptException("the thread was interrupted while the model was thinking; scores of half a"
                        + " thought would mislead");
            }
            if (reasoning.turn().isEmpty()) {
                return request;
            }
            return question(request)
                    .plus(Message.assistant(
                            reasoning.turn() + (begun(request) ? request.last().content() : "")));
        }

        /** The empty answer of a call that was interrupted while the model was thinking. */
        @Override
        public Optional<Generation> own(TokenListener listener) {
            return interrupted
                    ? Optional.of(new Generation(
                            "",
                            List.of(),
                            FinishReason.INTERRUPTED,
                            reasoning.usage(),
                            new Timings(reasoning.time(), reasoning.time()),
                            reasoning.text()))
                    : Optional.empty();
        }

        @Override
        public Generation answered(Generation answer) {
            String inner = answer.reasoning();
            String text = reasoning.text();
            return new Generation(
                    answer.text(),
                    answer.tokens(),
                    answer.finishReason(),
                    reasoning.usage().plus(answer.usage()),
                    new Timings(
                            reasoning.time().plus(answer.timings().toFirstToken()),
                            reasoning.time().plus(answer.timings().total())),
                    inner.isEmpty() || text.isEmpty() ? text + inner : text + "\n" + inner,
                    answer.decision());
        }

        @Override
        public Scores scored(Model inside, List<String> continuations) {
            Scores scores = inside.score(asked(), continuations);
            return new Scores(scores.entries(), reasoning.usage().plus(scores.usage()));
        }
    }

    /** The request without the beginning of an answer. */
    private static Request question(Request request) {
        List<Message> messages = request.messages();
        return begun(request) ? request.withMessages(messages.subList(0, messages.size() - 1)) : request;
    }

    private static boolean begun(Request request) {
        return request.last().role() == Role.ASSISTANT && request.messages().size() > 1;
    }
}
