package dev.llmadapt.pilot.saved;

import dev.llmadapt.Generation;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import java.util.List;
import java.util.Optional;

/**
 * A saved strategy as a model of a service: requests without a constraint get that of its task, and labels are told as
 * the file of the task has them.
 */
public final class ServedStrategy extends ModelLayer {
    private final SavedStrategy saved;
    private final OutputConstraint constraint;

    /**
     * A served strategy.
     *
     * @param adapted what the strategy made of its model; stays the caller's
     */
    public ServedStrategy(Model adapted, SavedStrategy saved) {
        super(adapted);
        this.saved = saved;
        this.constraint = saved.task().request("?").constraint();
    }

    @Override
    protected Exchange exchange(Request request) {
        boolean free = request.constraint().equals(OutputConstraint.none()) && !request.callsTools() && !request.raw();
        Request asked = free ? request.withConstraint(constraint) : request;
        return new Exchange() {
            @Override
            public Request asked() {
                return asked;
            }

            @Override
            public Optional<Generation> own(TokenListener listener) {
                if (saved.fileLabels().isEmpty()) {
                    return Optional.empty(); // the model's own words are the answer
                }
                Generation answer = inFileLabels(base().generate(asked));
                answer.tokens().forEach(listener::onToken);
                return Optional.of(answer);
            }
        };
    }

    private Generation inFileLabels(Generation answer) {
        String label = saved.fileLabel(answer.text());
        if (label.equals(answer.text()) || answer.tokens().isEmpty()) {
            return answer;
        }
        double logProbability =
                answer.tokens().stream().mapToDouble(Token::logProbability).sum();
        Token whole = new Token(answer.tokens().get(0).id(), label, logProbability);
        return new Generation(
                label,
                List.of(whole),
                answer.finishReason(),
                answer.usage(),
                answer.timings(),
                answer.reasoning(),
                answer.decision(),
                answer.toolCalls());
    }
}
