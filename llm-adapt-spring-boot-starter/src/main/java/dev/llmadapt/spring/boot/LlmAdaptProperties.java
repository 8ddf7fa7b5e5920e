package dev.llmadapt.spring.boot;

import dev.llmadapt.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
        @DefaultValue Chat chat,
        @DefaultValue Index index) {
    /** Refuses what says nothing without another property. */
    public LlmAdaptProperties {
        adapters = Map.copyOf(adapters);
        strategies = Map.copyOf(strategies);
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
            @Nullable Duration timeLimit) {}

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
            if (folder == null && !documents.isEmpty()) {
                throw new LlmAdaptPropertyException(
                        "llm-adapt.index.documents",
                        documents.toString(),
                        "there is no index to put them into",
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
