package dev.llmadapt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The laws of models, over a toy model that is asked through two bridges: a request becomes one of another library and
 * one of this library again, and so does the answer. What the other library's interface cannot say, and the bridges
 * refuse, is asked of the toy model itself: sampling with a seed, log-probabilities, continuations, scores and choices.
 */
public abstract class BridgeContract extends ModelContract {
    /** A model that asks another library's model, which asks this one. Closing it leaves this one open. */
    protected abstract Model through(Model toy);

    @Override
    protected final Model open() {
        return new Both(new ToyModel(), this::through);
    }

    /** The toy model through both bridges, and itself for what they refuse. */
    private static final class Both implements Model {
        private final ToyModel toy;
        private final ModelInfo info;
        private final Model bridge;

        Both(ToyModel toy, UnaryOperator<Model> through) {
            this.toy = toy;
            this.info = toy.info();
            this.bridge = through.apply(toy);
        }

        private boolean sayable(Request request) {
            boolean sampled = request.options().temperature() > 0;
            return !sampled
                    && request.options().repetitionPenalty() == 1
                    && request.options().candidates() == 0
                    && request.last().role() != Role.ASSISTANT
                    && request.options().stop().stream().noneMatch(Both::neverComes)
                    && request.constraint() instanceof OutputConstraint.None
                    && !request.callsTools();
        }

        /** Text is held back for such a stop text, and the other library tells of no token that completes none. */
        private static boolean neverComes(String stop) {
            return stop.length() > 1 && stop.endsWith("\u0001");
        }

        /** The request without log-probabilities, which the bridges refuse and the laws compare where they are told. */
        private static Request asked(Request request) {
            return request.withOptions(request.options().withLogProbabilities(false));
        }

        @Override
        public Generation stream(Request request, TokenListener listener) {
            bridge.info();
            if (sayable(request)) {
                return bridge.stream(asked(request), listener);
            }
            Generation answer = toy.stream(request, listener);
            return request.options().stop().stream().anyMatch(Both::neverComes) ? unnamed(answer) : answer;
        }

        /** An answer of the toy itself, to compare with one through the bridges, which know no ids. */
        private static Generation unnamed(Generation answer) {
            return new Generation(
                    answer.text(),
                    answer.tokens().stream()
                            .map(token -> new Token(-1, token.text(), Double.NaN))
                            .toList(),
                    answer.finishReason(),
                    answer.usage(),
                    answer.timings(),
                    answer.reasoning());
        }

        @Override
        public List<Generation> generate(List<Request> requests) {
            bridge.info();
            List<Request> sayable = requests.stream().filter(this::sayable).toList();
            List<Generation> said = new ArrayList<>(
                    bridge.generate(sayable.stream().map(Both::asked).toList()));
            return requests.stream()
                    .map(request -> sayable(request) ? said.remove(0) : toy.generate(request))
                    .toList();
        }

        @Override
        public Scores score(Request prompt, List<String> continuations) {
            bridge.info();
            return toy.score(prompt, continuations);
        }

        @Override
        public Request prepare(Request request) {
            return bridge.prepare(request);
        }

        @Override
        public ModelInfo info() {
            bridge.info();
            return info;
        }

        @Override
        public void close() {
            bridge.close();
            toy.close();
        }
    }
}
