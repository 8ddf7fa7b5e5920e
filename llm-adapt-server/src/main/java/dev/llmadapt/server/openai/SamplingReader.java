package dev.llmadapt.server.openai;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.server.http.HttpFailure;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Reads how an answer is to be decoded. */
final class SamplingReader {
    /** The parameters that have the longest answer of a chat or a completion. */
    static final List<String> MAX_TOKENS = List.of("max_tokens", "max_completion_tokens");

    private static final int MAX_STOP = 4;
    private static final SplittableRandom SEEDS = new SplittableRandom();

    private SamplingReader() {}

    /**
     * Reads the options of an answer.
     *
     * @param lengths the parameters that may have the longest answer; where both are given they must be the same
     * @param logProbabilities whether the request wants them
     * @param candidates how many of the likeliest tokens it wants beside each
     */
    static GenerationOptions read(
            RequestFields fields,
            RequestDefaults defaults,
            List<String> lengths,
            boolean logProbabilities,
            int candidates) {
        GenerationOptions base = defaults.options();
        List<String> stop = fields.texts("stop");
        if (stop.size() > MAX_STOP) {
            throw HttpFailure.invalid("stop", "stop must have at most " + MAX_STOP + " texts, got " + stop.size());
        }
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw HttpFailure.invalid("stop", "stop must not have an empty text");
        }
        double temperature = fields.number("temperature", 0, 2).orElse(base.temperature());
        Optional<Double> topP = fields.number("top_p", 0, 1);
        Optional<Double> minP = fields.number("min_p", 0, 1).filter(value -> {
            if (value == 1) {
                throw HttpFailure.invalid("min_p", "min_p must be in [0, 1), got 1");
            }
            return true;
        });
        double penalty = fields.number("repetition_penalty", 0, 100).orElse(base.repetitionPenalty());
        if (penalty == 0) {
            throw HttpFailure.invalid("repetition_penalty", "repetition_penalty must be positive, got 0");
        }
        if (topP.filter(value -> value == 0).isPresent()) { // the likeliest token alone
            temperature = 0;
            topP = Optional.empty();
        }
        int topK = fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(base.topK());
        long seed = fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElseGet(SamplingReader::seed);
        return new GenerationOptions(
                maxTokens(fields, lengths).orElse(base.maxTokens()),
                temperature,
                Math.max(0, topK), // -1 is all, as in vLLM
                topP.orElse(base.topP()),
                minP.orElse(base.minP()),
                penalty,
                stop,
                seed,
                logProbabilities,
                candidates);
    }

    private static synchronized long seed() {
        return SEEDS.nextLong(1L << 53); // a number that JSON holds exactly
    }

    private static Optional<Integer> maxTokens(RequestFields fields, List<String> lengths) {
        Optional<Integer> found = Optional.empty();
        for (String name : lengths) {
            Optional<Integer> other = found;
            Optional<Integer> each = fields.integer(name, 1, Integer.MAX_VALUE);
            if (other.isPresent() && each.isPresent() && !other.equals(each)) {
                throw HttpFailure.invalid(
                        name,
                        String.join(" and ", lengths) + " must be the same where both are given, got " + other.get()
                                + " and " + each.get());
            }
            found = each.or(() -> other);
        }
        return found;
    }

    /** Reads the number of answers. */
    static int choices(RequestFields fields, RequestDefaults defaults) {
        return fields.integer("n", 1, defaults.maxChoices()).orElse(1);
    }

    /** Reads whether a stream ends with its usage. */
    static boolean includeUsage(RequestFields fields, boolean stream) {
        Optional<RequestFields> options = fields.object("stream_options");
        if (options.isPresent() && !stream) {
            throw HttpFailure.invalid("stream_options", "stream_options needs stream: true");
        }
        return options.map(each -> each.flag("include_usage", false)).orElse(false);
    }
}
