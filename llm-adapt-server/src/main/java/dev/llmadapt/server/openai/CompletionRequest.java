package dev.llmadapt.server.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.server.http.HttpFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request to go on after texts.
 *
 * @param prompts the texts
 * @param choices the number of answers to each
 * @param options those of the first answer
 * @param writes whether anything is to be written after the prompt
 * @param echo whether the prompt comes with the answer
 * @param logprobs whether the tokens come with their log-probabilities
 * @param logprobStart the first token of an echoed prompt that has its log-probability, at least 1
 * @param stream whether the answer is sent token by token
 * @param includeUsage whether a stream ends with its usage
 */
record CompletionRequest(
        List<Prompt> prompts,
        int choices,
        GenerationOptions options,
        OutputConstraint constraint,
        boolean writes,
        boolean echo,
        boolean logprobs,
        int logprobStart,
        boolean stream,
        boolean includeUsage) {
    private static final int MAX_ANSWERS = 128;
    private static final int MAX_TOKENS = 16; // OpenAI's default

    /**
     * A prompt: a text, or token ids.
     *
     * @param text null where it is token ids
     * @param ids null where it is a text
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Prompt(@Nullable String text, int @Nullable [] ids) {}

    static CompletionRequest read(RequestFields fields, RequestDefaults defaults) {
        Refusals.ofCompletions(fields);
        Optional<Integer> top = fields.integer("logprobs", 0, 20);
        boolean stream = fields.flag("stream", false);
        boolean echo = fields.flag("echo", false);
        if (echo && top.orElse(0) > 0) {
            throw HttpFailure.unsupported(
                    "logprobs",
                    "logprobs must be 0 with echo, got " + top.get()
                            + ": of the prompt the log-probabilities of its own tokens are known, not those of others");
        }
        boolean writes = fields.integer("max_tokens", 0, Integer.MAX_VALUE).orElse(1) > 0;
        if (!writes && !echo) {
            throw HttpFailure.invalid("max_tokens", "max_tokens must be positive, or echo true, got max_tokens 0");
        }
        Optional<Integer> start = fields.integer("logprob_start_len", 0, Integer.MAX_VALUE);
        if (start.isPresent() && !(echo && top.isPresent())) {
            throw HttpFailure.invalid(
                    "logprob_start_len",
                    "logprob_start_len says which tokens of the prompt have log-probabilities, so it needs echo true and"
                            + " logprobs 0, got " + start.get() + "; leave it out");
        }
        RequestFields sampling = writes ? fields : fields.without("max_tokens");
        RequestDefaults own = new RequestDefaults(defaults.options().withMaxTokens(MAX_TOKENS), defaults.maxChoices());
        List<Prompt> prompts = prompts(fields);
        int choices = SamplingReader.choices(fields, defaults);
        if ((long) prompts.size() * choices > MAX_ANSWERS) {
            throw HttpFailure.invalid(
                    "prompt",
                    "a request must ask for at most " + MAX_ANSWERS + " answers, got " + prompts.size()
                            + " prompts and n = " + choices);
        }
        return new CompletionRequest(
                prompts,
                choices,
                SamplingReader.read(sampling, own, SamplingReader.MAX_TOKENS, top.isPresent(), top.orElse(0)),
                ConstraintReader.read(fields),
                writes,
                echo,
                top.isPresent(),
                Math.max(1, start.orElse(1)),
                stream,
                SamplingReader.includeUsage(fields, stream));
    }

    private static List<Prompt> prompts(RequestFields fields) {
        JsonElement prompt = fields.value("prompt").orElseThrow(() -> fields.missing("prompt"));
        if (isText(prompt)) {
            return List.of(new Prompt(prompt.getAsString(), null));
        }
        if (!(prompt instanceof JsonArray array) || array.isEmpty()) {
            throw fields.wrong("prompt", "a text, token ids, or an array of these, not empty", prompt);
        }
        if (array.get(0) instanceof JsonPrimitive first && first.isNumber()) {
            return List.of(new Prompt(null, ids(array, "prompt")));
        }
        List<Prompt> prompts = new ArrayList<>();
        for (JsonElement each : array) {
            String place = "prompt[" + prompts.size() + "]";
            if (isText(each)) {
                prompts.add(new Prompt(each.getAsString(), null));
            } else if (each instanceof JsonArray inside) {
                prompts.add(new Prompt(null, ids(inside, place)));
            } else {
                throw fields.wrong(place, "a text or token ids", each);
            }
        }
        return prompts;
    }

    private static boolean isText(JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isString();
    }

    /** Reads token ids. */
    static int[] ids(JsonArray array, String place) {
        if (array.isEmpty()) {
            throw HttpFailure.invalid(place, place + " must have at least one token id");
        }
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonElement each = array.get(i);
            String at = place + "[" + i + "]";
            ids[i] = RequestFields.wholeOrEmpty(each, 0, Integer.MAX_VALUE)
                    .orElseThrow(() -> HttpFailure.invalid(
                            at, at + " must be a token id, a whole number from 0, got " + RequestFields.shown(each)))
                    .intValue();
        }
        return ids;
    }
}
