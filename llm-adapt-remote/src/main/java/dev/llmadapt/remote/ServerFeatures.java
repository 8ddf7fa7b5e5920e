package dev.llmadapt.remote;

import dev.llmadapt.Scoring;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * What a server can do beside plain answers. A request that needs something else is refused before it is sent. A model
 * asks its server when it is opened, or is {@linkplain RemoteOptions#withFeatures told}.
 *
 * @param dialect the names of fields that are no part of OpenAI's interface
 * @param abilities what it can do
 * @param topTokens the most alternatives to a written token that it reports; 0 for none
 * @param scoring how far texts can be scored: {@link Scoring#EXACT} needs the dialect VLLM or LLM_ADAPT and raw text,
 *     {@link Scoring#TOP_TOKENS} at least two alternatives
 */
public record ServerFeatures(Dialect dialect, Set<Ability> abilities, int topTokens, Scoring scoring) {
    /** The kinds of servers, by the names of their own fields. */
    public enum Dialect {
        /** vLLM, and servers that take its fields. */
        VLLM,
        /** The server of llama.cpp. */
        LLAMA_CPP,
        /** The server of this library, whose names are vLLM's. */
        LLM_ADAPT,
        /** Ollama. */
        OLLAMA,
        /** OpenAI's own. */
        OPENAI,
        /** Any other: only what all have is sent. */
        PLAIN;

        /** The name in messages, such as {@code llama.cpp}. */
        @Override
        public String toString() {
            return this == LLAMA_CPP
                    ? "llama.cpp"
                    : name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Something that not every server can do. */
    public enum Ability {
        /** Top-k, min-p and the repetition penalty. Servers without it may use others than none. */
        SAMPLING_FILTERS,
        /** Arguments of the chat template, as {@code chat_template_kwargs}. */
        TEMPLATE_ARGUMENTS,
        /** Going on with an assistant's message at the end of a conversation. */
        CONTINUATION,
        /** Text without a chat template, by {@code /completions}. */
        RAW_TEXT,
        /** Answers of a JSON schema, by {@code response_format}. */
        JSON_SCHEMA,
        /** Answers that are one of several texts; without it they are asked for in JSON, where that can be kept. */
        CHOICES,
        /** Answers of a regular expression. */
        REGEX,
        /** Answers of a grammar. */
        GRAMMAR,
        /** Tools. */
        TOOLS,
        /** Answers that must call some tool. */
        REQUIRED_TOOL,
        /** Answers that must call one tool. */
        NAMED_TOOL,
        /** The log-probabilities of written tokens. */
        LOG_PROBABILITIES,
        /** Loading adapters while it runs. */
        ADAPTER_LOADING
    }

    /** Refuses what contradicts itself, and copies the abilities. */
    public ServerFeatures {
        Objects.requireNonNull(dialect, "dialect must not be null");
        Objects.requireNonNull(scoring, "scoring must not be null");
        abilities = copy(abilities);
        if (topTokens < 0) {
            throw new IllegalArgumentException("topTokens must be 0 (none) or more, topTokens: " + topTokens);
        }
        boolean echoes = dialect == Dialect.VLLM || dialect == Dialect.LLM_ADAPT;
        if (scoring == Scoring.EXACT && !(echoes && abilities.contains(Ability.RAW_TEXT))) {
            throw new IllegalArgumentException(
                    "exact scores need the interface of vLLM: the dialect VLLM or LLM_ADAPT and"
                            + " the ability RAW_TEXT, got the dialect " + dialect + " and " + abilities);
        }
        if (scoring == Scoring.TOP_TOKENS && (topTokens < 2 || !abilities.contains(Ability.LOG_PROBABILITIES))) {
            throw new IllegalArgumentException("scores of the most probable tokens need the ability LOG_PROBABILITIES"
                    + " and topTokens of at least 2, got " + abilities + ", topTokens: " + topTokens);
        }
    }

    private static Set<Ability> copy(Collection<Ability> abilities) {
        EnumSet<Ability> copy = EnumSet.noneOf(Ability.class);
        copy.addAll(abilities);
        return Collections.unmodifiableSet(copy);
    }

    /** vLLM from version 0.11 on. */
    public static ServerFeatures vllm() {
        return new ServerFeatures(Dialect.VLLM, EnumSet.allOf(Ability.class), 20, Scoring.EXACT);
    }

    /** The server of llama.cpp, started with {@code --jinja} where tools are used. */
    public static ServerFeatures llamaCpp() {
        return new ServerFeatures(Dialect.LLAMA_CPP, EnumSet.allOf(Ability.class), 128, Scoring.TOP_TOKENS)
                .without(Ability.REGEX, Ability.NAMED_TOOL, Ability.ADAPTER_LOADING);
    }

    /** The server of this library, over a model in its process. */
    public static ServerFeatures llmAdapt() {
        return new ServerFeatures(Dialect.LLM_ADAPT, EnumSet.allOf(Ability.class), 20, Scoring.EXACT);
    }

    /**
     * Ollama.
     *
     * @param logProbabilities whether it reports log-probabilities, as it does from version 0.12.11 on
     */
    public static ServerFeatures ollama(boolean logProbabilities) {
        ServerFeatures without = new ServerFeatures(
                Dialect.OLLAMA, EnumSet.of(Ability.CONTINUATION, Ability.JSON_SCHEMA, Ability.TOOLS), 0, Scoring.NONE);
        return logProbabilities
                ? without.with(Ability.LOG_PROBABILITIES).withTopTokens(20).withScoring(Scoring.TOP_TOKENS)
                : without;
    }

    /** OpenAI's own interface, or one that has all of it. */
    public static ServerFeatures openAi() {
        return new ServerFeatures(
                Dialect.OPENAI,
                EnumSet.of(
                        Ability.JSON_SCHEMA,
                        Ability.TOOLS,
                        Ability.REQUIRED_TOOL,
                        Ability.NAMED_TOOL,
                        Ability.LOG_PROBABILITIES),
                20,
                Scoring.TOP_TOKENS);
    }

    /** A server of which nothing is known: plain answers and tools. */
    public static ServerFeatures plain() {
        return new ServerFeatures(Dialect.PLAIN, EnumSet.of(Ability.TOOLS), 0, Scoring.NONE);
    }

    /** Whether it can do something. */
    public boolean can(Ability ability) {
        return abilities.contains(ability);
    }

    /** These features with others. */
    public ServerFeatures with(Ability... more) {
        EnumSet<Ability> all = EnumSet.noneOf(Ability.class);
        all.addAll(abilities);
        all.addAll(Arrays.asList(more));
        return new ServerFeatures(dialect, all, topTokens, scoring);
    }

    /** These features without some. */
    public ServerFeatures without(Ability... some) {
        EnumSet<Ability> fewer = EnumSet.noneOf(Ability.class);
        fewer.addAll(abilities);
        fewer.removeAll(Arrays.asList(some));
        return new ServerFeatures(dialect, fewer, topTokens, scoring);
    }

    /** These features with another number of alternatives. */
    public ServerFeatures withTopTokens(int topTokens) {
        return new ServerFeatures(dialect, abilities, topTokens, scoring);
    }

    /** These features with another way of scoring. */
    public ServerFeatures withScoring(Scoring scoring) {
        return new ServerFeatures(dialect, abilities, topTokens, scoring);
    }
}
