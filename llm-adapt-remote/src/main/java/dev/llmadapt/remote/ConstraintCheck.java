package dev.llmadapt.remote;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Request;
import dev.llmadapt.remote.bridge.AnswerCheck;
import dev.llmadapt.remote.bridge.Pieces;
import java.util.List;
import java.util.Optional;

/** Finished answers in the one form that their constraints have. */
final class ConstraintCheck {
    private final AnswerCheck check;

    ConstraintCheck(AnswerCheck check) {
        this.check = check;
    }

    /**
     * An answer that keeps its request's constraint: choices out of the JSON around them, JSON of a built schema in the
     * schema's one form.
     *
     * @param inJson whether a choice was asked for in JSON
     * @param whole whether nobody has heard of the answer before it is whole
     * @throws RemoteException if it does not keep the constraint
     */
    Generation checked(Request request, Generation answer, boolean inJson, boolean whole) {
        if (answer.finishReason() != FinishReason.STOP) {
            boolean unheard = whole && answer.finishReason() == FinishReason.INTERRUPTED;
            return inJson || unheard ? withText(answer, "") : answer;
        }
        return withText(answer, check.text(request.constraint(), answer.text(), inJson));
    }

    private static Generation withText(Generation answer, String text) {
        if (text.equals(answer.text())) {
            return answer;
        }
        return new Generation(
                text,
                text.isEmpty() ? List.of() : List.of(Pieces.text(text)),
                answer.finishReason(),
                answer.usage(),
                answer.timings(),
                answer.reasoning(),
                Optional.empty(),
                answer.toolCalls());
    }
}
