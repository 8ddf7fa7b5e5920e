package dev.llmadapt.flink;

import dev.llmadapt.Precision;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/**
 * The options of a model whose provider is {@code llm-adapt}, by the names that Flink's own providers have for them.
 */
public final class LlmAdaptOptions {
    /** A strategy that a pilot chose. */
    public static final ConfigOption<String> STRATEGY = ConfigOptions.key("strategy")
            .stringType()
            .noDefaultValue()
            .withDescription("The folder that 'pilot --save' wrote, on a path that all task managers see.");

    /** A checkpoint. */
    public static final ConfigOption<String> MODEL = ConfigOptions.key("model")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "A checkpoint's folder, a GGUF or ONNX file, a Hugging Face repository or 'default'; with a"
                            + " strategy, the model below it, which is opened only if it needs one.");

    /** A PEFT adapter. */
    public static final ConfigOption<String> ADAPTER = ConfigOptions.key("adapter")
            .stringType()
            .noDefaultValue()
            .withDescription("The folder of a PEFT adapter of the model, which answers with it.");

    /** The system message. */
    public static final ConfigOption<String> SYSTEM_PROMPT = ConfigOptions.key("system-prompt")
            .stringType()
            .defaultValue("")
            .withDescription("The system message, before the text of a row as the user's.");

    /** Labels to choose from. */
    public static final ConfigOption<List<String>> LABELS = ConfigOptions.key("labels")
            .stringType()
            .asList()
            .defaultValues()
            .withDescription("The answer is one of these, with its probability; separated by ';'.");

    /** A schema of the answer. */
    public static final ConfigOption<String> JSON_SCHEMA = ConfigOptions.key("json-schema")
            .stringType()
            .defaultValue("")
            .withDescription("The answer is JSON of this JSON Schema; the system prompt should ask for it.");

    /** The length of an answer. */
    public static final ConfigOption<Integer> MAX_TOKENS = ConfigOptions.key("max-tokens")
            .intType()
            .defaultValue(256)
            .withDescription("The most tokens of an answer.");

    /** Sampling. */
    public static final ConfigOption<Double> TEMPERATURE = ConfigOptions.key("temperature")
            .doubleType()
            .defaultValue(0.0)
            .withDescription("Divides the logits; with 0 the most likely token is taken. The same text has the same"
                    + " answer with any.");

    /** How weights are multiplied. */
    public static final ConfigOption<Precision> PRECISION = ConfigOptions.key("precision")
            .enumType(Precision.class)
            .noDefaultValue()
            .withDescription("How the model's weights are multiplied; as stored where it is not said.");

    /** Where the model computes. */
    public static final ConfigOption<String> DEVICE = ConfigOptions.key("device")
            .stringType()
            .noDefaultValue()
            .withDescription("cpu, cuda or cuda:N; cpu where it is not said.");

    /** Threads of the engine. */
    public static final ConfigOption<Integer> THREADS = ConfigOptions.key("threads")
            .intType()
            .noDefaultValue()
            .withDescription("Threads of the model, which all subtasks of a task manager share; a thread for each"
                    + " processor where it is not said.");

    /** Answers at a time. */
    public static final ConfigOption<Integer> MAX_BATCH = ConfigOptions.key("max-batch")
            .intType()
            .noDefaultValue()
            .withDescription("The most answers that the model writes at a time, of all subtasks of a task manager; 8"
                    + " where it is not said.");

    /** The time of an answer. */
    public static final ConfigOption<Duration> TIMEOUT = ConfigOptions.key("timeout")
            .durationType()
            .defaultValue(Duration.ZERO)
            .withDescription("How long the answer to a row may take, with the time that it waits for the model; a row"
                    + " that takes longer is one that cannot be answered. 0 s for no limit.");

    /** How long a model stays open without a job. */
    public static final ConfigOption<Duration> KEEP_OPEN = ConfigOptions.key("keep-open")
            .durationType()
            .defaultValue(Duration.ZERO)
            .withDescription("How long a task manager keeps the model open when no task needs it, for jobs that"
                    + " restart. Only where this library is in Flink's lib folder.");

    /** What becomes of a row that cannot be answered. */
    public static final ConfigOption<ErrorHandlingStrategy> ERROR_HANDLING_STRATEGY = ConfigOptions.key(
                    "error-handling-strategy")
            .enumType(ErrorHandlingStrategy.class)
            .defaultValue(ErrorHandlingStrategy.FAILOVER)
            .withDescription("What becomes of a row that cannot be answered.");

    /** What is asked of a model, which a strategy knows itself. */
    static final Set<ConfigOption<?>> OF_MODELS =
            Set.of(ADAPTER, SYSTEM_PROMPT, LABELS, JSON_SCHEMA, MAX_TOKENS, TEMPERATURE);

    /** How a model is opened. */
    static final Set<ConfigOption<?>> OF_ENGINES = Set.of(PRECISION, DEVICE, THREADS, MAX_BATCH);

    private LlmAdaptOptions() {}
}
