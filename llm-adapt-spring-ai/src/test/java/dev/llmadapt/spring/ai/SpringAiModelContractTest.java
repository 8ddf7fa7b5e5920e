package dev.llmadapt.spring.ai;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import java.util.ArrayList;
import java.util.List;

/**
 * The laws of models, over a toy model that is asked through both bridges: a request becomes one of Spring AI and one
 * of this library again, and so does the answer. What Spring AI's interface cannot say, and its models refuse, is asked
 * of the toy model itself: sampling with a seed, log-probabilities, continuations, scores and choices.
 */
final class SpringAiModelContractTest extends ModelContract {
    @Override
    protected Model open() {
        return new Both();
    }

    /** The toy model through both bridges, and itself for what they refuse. */
    private static final class Both implements Model {
        private final ToyModel toy = new ToyModel();
        private final ModelInfo info = toy.info();
        private final SpringAiModel bridge = new SpringAiModel(new LlmAdaptChatModel(toy));

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

        /** Text is held back for such a stop text, and Spring AI tells of no token that completes none. */
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
