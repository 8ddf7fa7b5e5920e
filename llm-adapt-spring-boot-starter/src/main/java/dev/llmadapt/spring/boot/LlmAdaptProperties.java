package dev.llmadapt.spring.boot;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Precision;
import dev.llmadapt.Scheduling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties. A name under {@code llm-adapt} that is none of them is refused.
 *
 * @param model the checkpoint: a folder, a GGUF or ONNX file, a Hugging Face repository, or {@code default}; what is
 *     not on this machine is downloaded
 * @param adapters folders of PEFT adapters by name; requests choose one by their model's name
 * @param adapterMemory the most memory that adapters may take: they are loaded when they are asked for, and those used
 *     last stay; unset, all are loaded at the start
 * @param strategies folders of strategies that the pilot saved, by name; requests choose one by their model's name
 * @param memory the most memory that keys and values of all answers under way may take, at least 1 MB; unset, a share
 *     of the machine's
 * @param threads threads of one step of the model; unset, one for each processor
 * @param contextLength the most tokens of prompt and answer together; unset, the checkpoint's, at most 8192
 * @param maxBatch the most answers that run together; unset, 8
 * @param maxWaiting the most requests that wait for others to end, more are refused; unset, no limit
 * @param maxPerCaller the most requests of one caller that run together; unset, no limit
 * @param precision how weights are multiplied; unset, as stored
 * @param device where the model computes: cpu, cuda or cuda:N; unset, cpu
 * @param chatTemplate a file with the chat template, as {@code chat_template.jinja} of checkpoints; unset, the
 *     checkpoint's
 * @param chat what holds where a prompt says nothing
 * @param index an index of passages
 */
@ConfigurationProperties(prefix = "llm-adapt", ignoreUnknownFields = false)
public record LlmAdaptProperties(
        @Nullable String model,
        @DefaultValue Map<String, Path> adapters,
        @Nullable DataSize adapterMemory,
        @DefaultValue Map<String, Path> strategies,
        @Nullable DataSize memory,
        @Nullable Integer threads,
        @Nullable Integer contextLength,
        @Nullable Integer maxBatch,
        @Nullable Integer maxWaiting,
        @Nullable Integer maxPerCaller,
        @Nullable Precision precision,
        @Nullable String device,
        @Nullable Path chatTemplate,
        @DefaultValue Chat chat,
        @DefaultValue Index index) {
    /** Refuses what says nothing without another property. */
    public LlmAdaptProperties {
        adapters = Map.copyOf(adapters);
        strategies = Map.copyOf(strategies);
        requireText("llm-adapt.model", model);
        requireText("llm-adapt.device", device);
        requireText("llm-adapt.chat-template", chatTemplate == null ? null : chatTemplate.toString());
        if (model == null && !adapters.isEmpty()) {
            throw new LlmAdaptPropertyException(
                    "llm-adapt.adapters",
                    adapters.keySet().toString(),
                    "adapters need a model",
                    "Set llm-adapt.model to the checkpoint that they were trained on.");
        }
        for (String name : strategies.keySet()) {
            if (adapters.containsKey(name)) {
                throw new LlmAdaptPropertyException(
                        "llm-adapt.strategies." + name,
                        String.valueOf(strategies.get(name)),
                        "an adapter has the same name",
                        "Give one of the two another name.");
            }
        }
    }

    /** Refuses a value that is there and says nothing: an empty path would be the folder of the application. */
    private static void requireText(String property, @Nullable String value) {
        if (value != null && value.isBlank()) {
            throw new LlmAdaptPropertyException(
                    property, value, "it is empty", "Give it a value, or leave it out altogether.");
        }
    }

    /**
     * What holds where a prompt says nothing.
     *
     * @param model the name of an adapter or a strategy; unset, the model itself answers
     * @param temperature of sampling; unset or 0, the most likely token is taken
     * @param topK how many of the most likely tokens are sampled from; unset, all
     * @param topP the share of probability that is sampled from; unset, all
     * @param minP the least probability of a token as a share of the largest; unset, none
     * @param repetitionPenalty makes tokens that were written less likely; unset, 1, which does nothing
     * @param maxTokens the most tokens of an answer; unset, 1024
     * @param stopSequences texts before which an answer ends
     * @param seed fixes sampled answers; unset, they differ each time
     * @param timeLimit the longest time of an answer, the wait for its turn included; unset, no limit
     */
    public record Chat(
            @Nullable String model,
            @Nullable Double temperature,
            @Nullable Integer topK,
            @Nullable Double topP,
            @Nullable Double minP,
            @Nullable Double repetitionPenalty,
            @Nullable Integer maxTokens,
            @Nullable List<String> stopSequences,
            @Nullable Long seed,
            @Nullable Duration timeLimit) {
        /** Refuses what no answer can have. */
        public Chat {
            GenerationOptions options = GenerationOptions.defaults();
            require("temperature", temperature, options::withTemperature);
            require("top-k", topK, options::withTopK);
            require("top-p", topP, options::withTopP);
            require("min-p", minP, options::withMinP);
            require("repetition-penalty", repetitionPenalty, options::withRepetitionPenalty);
            require("max-tokens", maxTokens, options::withMaxTokens);
            require("stop-sequences", stopSequences, stop -> options.withStop(stop.toArray(String[]::new)));
            require("time-limit", timeLimit, Scheduling.NONE::withTimeLimit);
            requireText("llm-adapt.chat.model", model);
        }

        private static <T> void require(String name, @Nullable T value, Function<T, ?> take) {
            if (value != null) {
                ModelOpening.named(
                        "llm-adapt.chat." + name, value, "Correct it, or leave it out.", () -> take.apply(value));
            }
        }
    }

    /**
     * An index of passages, which a DocumentRetriever and a VectorStore search.
     *
     * @param folder where the index is, made if it is not there, or {@code memory}; unset, there is no index
     * @param documents files and folders of documents, which the index is brought up to date with at the start
     * @param embedder {@code mini-lm}, {@code none} for an index of words alone, or the folder of a
     *     sentence-transformers model with ONNX
     * @param language the language whose words are cut to stems, fixed when the index is made; unset, english
     * @param maxResults the most passages for a question
     */
    public record Index(
            @Nullable String folder,
            @DefaultValue List<Path> documents,
            @DefaultValue("mini-lm") String embedder,
            @Nullable String language,
            @DefaultValue("5") int maxResults) {
        /** Refuses documents without an index. */
        public Index {
            documents = List.copyOf(documents);
            requireText("llm-adapt.index.folder", folder);
            requireText("llm-adapt.index.embedder", embedder);
            documents.forEach(each -> requireText("llm-adapt.index.documents", each.toString()));
            if (folder == null && !documents.isEmpty()) {
                throw new LlmAdaptPropertyException(
                        "llm-adapt.index.documents",
                        documents.toString(),
                        "there is no index to put them into",
                        "Set llm-adapt.index.folder to a folder, or to memory.");
            }
            if (folder == null && language != null) {
                throw new LlmAdaptPropertyException(
                        "llm-adapt.index.language",
                        language,
                        "there is no index whose language it could be",
                        "Set llm-adapt.index.folder to a folder, or to memory.");
            }
            if (maxResults < 1) {
                throw new LlmAdaptPropertyException(
                        "llm-adapt.index.max-results",
                        String.valueOf(maxResults),
                        "it must be at least 1",
                        "Raise it.");
            }
        }
    }
}
