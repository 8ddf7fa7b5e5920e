package dev.llmadapt.remote.bridge;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import java.util.List;

/**
 * Refusals of what an interface of another library cannot say, by name and with what to do instead. Thread-safe.
 *
 * @param model the model's name
 * @param through the library that it is asked through
 */
public record RequestRefusals(String model, String through) {
    /**
     * Refuses something that a request asks for.
     *
     * @param asked whether it does
     * @param what its name
     * @param instead what to do
     * @throws IllegalArgumentException if it does
     */
    public void refuse(boolean asked, String what, String instead) {
        if (asked) {
            throw new IllegalArgumentException("the model '" + model + "' is asked through " + through
                    + ", which has no " + what + "; " + instead);
        }
    }

    /** Refuses raw text, adapters, template arguments, and an assistant's message to continue. */
    public void refusePrompt(Request request) {
        refuse(request.raw(), "raw text", "leave raw out");
        refuse(!request.adapters().isEmpty(), "adapters " + request.adapters(), "leave them out");
        refuse(
                !request.templateArguments().isEmpty(),
                "template arguments " + request.templateArguments().keySet(),
                "leave them out");
        refuse(
                request.last().role() == Role.ASSISTANT,
                "an assistant's message to continue",
                "end the conversation with a user's message");
    }

    /** Refuses the least probability, a repetition penalty, log-probabilities, and a seed where tokens are sampled. */
    public void refuseDecoding(GenerationOptions options) {
        refuse(options.minP() != 0, "minP " + options.minP(), "leave it out");
        refuse(
                options.repetitionPenalty() != 1,
                "repetitionPenalty " + options.repetitionPenalty(),
                "leave it out, or give the model of " + through + " a penalty of its own");
        refuse(options.logProbabilities(), "log-probabilities", "leave them out, or use RemoteModel");
        refuse(
                options.temperature() > 0 && options.seed() != 0,
                "seed " + options.seed(),
                "leave it out, or take temperature 0");
    }

    /**
     * Why texts cannot be scored, to throw.
     *
     * @throws IllegalArgumentException if a continuation is empty
     */
    public UnsupportedOperationException scores(List<String> continuations) {
        if (continuations.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a continuation needs at least one token, got an empty text");
        }
        return new UnsupportedOperationException("the model '" + model + "' is asked through " + through + ", which"
                + " tells no probabilities, so texts cannot be scored; choose labels by letters that are written under"
                + " a constraint (LabelChoice.byLettersConstrained), or use a local model or RemoteModel");
    }
}
