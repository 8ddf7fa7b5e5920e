package dev.llmadapt.langchain4j;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Scheduling;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * Options of a model of this library that LangChain4j asks, the blocking and the streaming one.
 *
 * @param parameters what holds where a request says nothing: LangChain4j's parameters. Where these say nothing either,
 *     decoding is greedy (temperature 0), takes all tokens (topK, topP), and answers have at most
 *     {@value #MAX_OUTPUT_TOKENS} tokens
 * @param listeners hear of every request, answer and error
 * @param thinking whether an answer has the model's thought ({@code AiMessage.thinking()}), and a streamed one its
 *     parts. A thought in a conversation goes to the model in any case; its chat template decides whether it is shown
 * @param jsonSchema whether the model declares that it keeps JSON schemas, as local models and most servers do; AI
 *     services then send the schema of what they return
 * @param minP the least probability of a token as a share of the largest, as in {@link GenerationOptions#minP}; 0 for
 *     all
 * @param repetitionPenalty as in {@link GenerationOptions#repetitionPenalty}; 1 for none
 * @param seeds gives the seed of each answer that is sampled (temperature above 0)
 * @param templateArguments arguments of the model's chat template for every request, such as {@code enable_thinking}
 * @param scheduling who asks, how urgent it is, and how long an answer may take, for every request. Past the time
 *     limit, LangChain4j's {@code TimeoutException} is thrown
 */
public record ChatOptions(
        ChatRequestParameters parameters,
        List<ChatModelListener> listeners,
        boolean thinking,
        boolean jsonSchema,
        double minP,
        double repetitionPenalty,
        LongSupplier seeds,
        Map<String, Object> templateArguments,
        Scheduling scheduling) {
    /** The most tokens of an answer where nothing is said. */
    public static final int MAX_OUTPUT_TOKENS = 1024;

    private static final ChatOptions DEFAULTS = new ChatOptions(
            DefaultChatRequestParameters.EMPTY,
            List.of(),
            false,
            true,
            0,
            1,
            () -> ThreadLocalRandom.current().nextLong(),
            Map.of(),
            Scheduling.NONE);

    /**
     * Checks the components and copies the collections.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if the parameters have what no model of this
     *     library does, such as a frequency penalty
     */
    public ChatOptions {
        Objects.requireNonNull(parameters, "parameters must not be null");
        Objects.requireNonNull(seeds, "seeds must not be null");
        Objects.requireNonNull(scheduling, "scheduling must not be null");
        listeners = List.copyOf(listeners);
        templateArguments = Map.copyOf(templateArguments);
        ChatRequests.requireSupported(parameters);
        GenerationOptions checked =
                GenerationOptions.defaults().withMinP(minP).withRepetitionPenalty(repetitionPenalty);
        minP = checked.minP();
        repetitionPenalty = checked.repetitionPenalty();
    }

    /** Greedy answers of at most {@value #MAX_OUTPUT_TOKENS} tokens, without listeners, thoughts and time limit. */
    public static ChatOptions defaults() {
        return DEFAULTS;
    }

    /** These options with other parameters for requests that say nothing. */
    public ChatOptions withParameters(ChatRequestParameters parameters) {
        return new ChatOptions(
                parameters,
                listeners,
                thinking,
                jsonSchema,
                minP,
                repetitionPenalty,
                seeds,
                templateArguments,
                scheduling);
    }

    /** These options with other listeners. */
    public ChatOptions withListeners(ChatModelListener... listeners) {
        return new ChatOptions(
                parameters,
                List.of(listeners),
                thinking,
                jsonSchema,
                minP,
                repetitionPenalty,
                seeds,
                templateArguments,
                scheduling);
    }

    /** These options with the model's thoughts in its answers, or without them. */
    public ChatOptions withThinking(boolean thinking) {
        return new ChatOptions(
                parameters,
                listeners,
                thinking,
                jsonSchema,
                minP,
                repetitionPenalty,
                seeds,
                templateArguments,
                scheduling);
    }

    /** These options for a model that keeps JSON schemas, or for one whose server does not. */
    public ChatOptions withJsonSchema(boolean jsonSchema) {
        return new ChatOptions(
                parameters,
                listeners,
                thinking,
                jsonSchema,
                minP,
                repetitionPenalty,
                seeds,
                templateArguments,
                scheduling);
    }

    /** These options with another min-p. */
    public ChatOptions withMinP(double minP) {
        return new ChatOptions(
                parameters,
                listeners,
                thinking,
                jsonSchema,
                minP,
                repetitionPenalty,
                seeds,
                templateArguments,
                scheduling);
    }

    /** These options with another repetition penalty. */
    public ChatOptions withRepetitionPenalty(double repetitionPenalty) {
        return new ChatOptions(
                parameters,
                listeners,
                thinking,
                jsonSchema,
                minP,
                repetitionPenalty,
                seeds,
                templateArguments,
                scheduling);
    }

    /** These options with one seed for all answers, so that the same request gets the same answer. */
    public ChatOptions withSeed(long seed) {
        return new ChatOptions(
                parameters,
                listeners,
                thinking,
                jsonSchema,
                minP,
                repetitionPenalty,
                () -> seed,
                templateArguments,
                scheduling);
    }

    /** These options with an argument of the model's chat template, as {@link dev.llmadapt.Request} has it. */
    public ChatOptions withTemplateArgument(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(templateArguments);
        more.put(name, value);
        return new ChatOptions(
                parameters, listeners, thinking, jsonSchema, minP, repetitionPenalty, seeds, more, scheduling);
    }

    /** These options with another scheduling. */
    public ChatOptions withScheduling(Scheduling scheduling) {
        return new ChatOptions(
                parameters,
                listeners,
                thinking,
                jsonSchema,
                minP,
                repetitionPenalty,
                seeds,
                templateArguments,
                scheduling);
    }

    /** These options with a limit of time for each answer; zero for none. */
    public ChatOptions withTimeLimit(Duration timeLimit) {
        return withScheduling(scheduling.withTimeLimit(timeLimit));
    }
}
