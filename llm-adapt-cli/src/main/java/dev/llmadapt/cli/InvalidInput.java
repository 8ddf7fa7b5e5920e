package dev.llmadapt.cli;

import dev.llmadapt.LlmAdaptException;
import java.io.Serial;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Input of the user's that cannot be used: one line and exit status 2, where the same exception from elsewhere is a
 * bug.
 */
final class InvalidInput extends LlmAdaptException {
    @Serial
    private static final long serialVersionUID = 1L;

    InvalidInput(String message) {
        super(message);
    }

    InvalidInput(String message, Throwable cause) {
        super(message, cause);
    }

    /** The options whose values have another name in the library. */
    private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("minimumQuality", "--quality"),
            Map.entry("tolerance", "--tolerance"),
            Map.entry("latency", "--latency"),
            Map.entry("memoryBytes", "--memory"),
            Map.entry("requestsPerMonth", "--requests"),
            Map.entry("trainingBudget", "--training"),
            Map.entry("computeHour", "--compute-price"),
            Map.entry("limit", "--limit"),
            Map.entry("demonstrations", "--shots"),
            Map.entry("validation", "--validation"),
            Map.entry("minibatch", "--minibatch"),
            Map.entry("proposals", "--proposals"),
            Map.entry("epochs", "--epochs"),
            Map.entry("minSteps", "--min-steps"),
            Map.entry("maxSteps", "--max-steps"),
            Map.entry("r", "--rank"),
            Map.entry("learningRate", "--rate"),
            Map.entry("batchSize", "--batch"),
            Map.entry("microBatchSize", "--micro-batch"),
            Map.entry("maxLength", "--max-length"),
            Map.entry("validationShare", "--validation"),
            Map.entry("patience", "--patience"),
            Map.entry("beta", "--beta"),
            Map.entry("labelSmoothing", "--label-smoothing"),
            Map.entry("desirableWeight", "--desirable-weight"),
            Map.entry("undesirableWeight", "--undesirable-weight"),
            Map.entry("virtualTokens", "--virtual-tokens"),
            Map.entry("nearDuplicates", "--deduplicate"),
            Map.entry("maxPerAnswer", "--max-per-answer"),
            Map.entry("maxTokens", "--max-tokens"),
            Map.entry("samples", "--teacher-samples"),
            Map.entry("minAgreement", "--min-agreement"),
            Map.entry("minConfidence", "--min-confidence"),
            Map.entry("maxInputs", "--max-inputs"),
            Map.entry("concurrency", "--concurrency"),
            Map.entry("retries", "--retries"),
            Map.entry("requestsPerMinute", "--requests-per-minute"),
            Map.entry("temperature", "--temperature"),
            Map.entry("topK", "--top-k"),
            Map.entry("topP", "--top-p"),
            Map.entry("minP", "--min-p"),
            Map.entry("repetitionPenalty", "--repetition-penalty"));

    /** Runs an action that depends on the user's input alone, so that an argument it refuses is invalid input. */
    static <T> T check(Supplier<T> action) {
        try {
            return action.get();
        } catch (IllegalArgumentException e) {
            throw new InvalidInput(byOption(String.valueOf(e.getMessage())), e);
        }
    }

    /** A message about a value, with the name of its option in place of the name of the value. */
    private static String byOption(String message) {
        int end = message.indexOf(" must be ");
        String option = end < 0 ? null : OPTIONS.get(message.substring(0, end));
        if (option == null) {
            return message;
        }
        String name = message.substring(0, end);
        String rest = message.substring(end).replace(", " + name + ": ", ", got ");
        return option + rest;
    }
}
