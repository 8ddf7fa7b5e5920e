package dev.llmadapt.local;

import dev.llmadapt.Device;
import dev.llmadapt.Precision;
import dev.llmadapt.local.decoding.Admission;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.local.runtime.Processors;
import dev.llmadapt.observation.ModelListener;
import dev.llmadapt.prompting.template.ChatTemplate;
import dev.llmadapt.prompting.template.TemplateException;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a local model is opened.
 *
 * @param precision how its weights are multiplied
 * @param contextLength the most tokens of prompt and answer together, at least 16; more than the checkpoint was made
 *     for is refused; 0 takes what the checkpoint was made for, at most {@value #LONGEST_DEFAULT_CONTEXT}, and of a
 *     checkpoint with LongRoPE (Phi-3) the original context: a longer one changes the positions of short texts, too
 * @param maxBatch the most answers that run together, 1 to 1024; each takes memory for its keys and values only while
 *     it is needed
 * @param cacheMemory the most bytes that the keys and values of all answers that run together may take, at least
 *     {@value #MIN_CACHE_MEMORY}; outside the heap, so {@code -Xmx} does not count. A request that does not fit beside
 *     those that run waits until they are over; one that could never fit is refused, and the message names the numbers.
 *     0 takes half of what is left of the machine's or container's memory after the largest heap, the weights of the
 *     open models and their limits, at least a sixteenth of the memory; on a CUDA GPU half of what is free there
 * @param threads threads of one run, at least 1
 * @param spinning whether those threads wait for work by spinning: answers come sooner, but while a text is answered
 *     each takes a processor whole, and where other programs want the same processors all become slower
 * @param device where it computes, and where its adapters are trained; exported {@code .onnx} models are for the CPU
 * @param modules for an exported {@code .onnx} model whose names do not tell which product is which module of the
 *     checkpoint: module paths by node name, such as {@code model.layers.0.self_attn.q_proj}; several that are computed
 *     side by side are joined by "+". Empty for other models
 * @param chatTemplate the Jinja template, in Hugging Face's dialect, that lays conversations out; empty takes the
 *     checkpoint's. A model that is trained in full and written keeps it
 * @param keepPacked whether quantised weights, and the steps of {@link CacheType#INT8}, are kept, as the engine takes
 *     them, in the folder {@code packed} of the cache folder ({@code LLM_ADAPT_CACHE}): from the second time on a model
 *     opens faster, and opening takes less memory. It takes about 1.3 times the checkpoint's size of disk; what was not
 *     used for longest is deleted when all takes more than 32 GB or the disk is nearly full. On the CPU only, and for
 *     models above 32 MB
 * @param promptLookup whether an answer that runs alone is decoded several tokens at a time where it repeats its prompt
 *     or itself, and where its constraint leaves one way to go on, such as the name of a JSON property: such tokens are
 *     read together and kept as far as they are what it would have chosen. The answer is the same to the bit, with
 *     sampling and constraints, too; it comes sooner where it repeats, and a little later elsewhere. Such a model
 *     scores labels in more time. Answers with adapters, and answers that run together, are decoded a token at a time
 *     as without it. For checkpoints on the CPU; refused on a GPU and for exported {@code .onnx} models
 * @param cacheType how keys and values are held; {@link CacheType#INT8} is refused on a GPU and for exported
 *     {@code .onnx} models
 * @param toolFormat the format in which the model writes tool calls; empty finds it from the chat template, and refuses
 *     requests with tools where the template does not tell
 * @param maxWaiting the most requests that wait for others to end: more are refused by an
 *     {@link dev.llmadapt.OverloadedException}, so that callers learn at once that it would take long; 0 for no limit.
 *     Those of a list that is answered together count one by one
 * @param maxPerCaller the most requests of one {@linkplain dev.llmadapt.Scheduling#caller caller} that run together;
 *     further ones wait, also where there is room; 0 for no limit
 * @param listener hears of every request, on the thread that made it
 */
public record ModelOptions(
        Precision precision,
        int contextLength,
        int maxBatch,
        long cacheMemory,
        int threads,
        boolean spinning,
        Device device,
        Map<String, String> modules,
        String chatTemplate,
        boolean keepPacked,
        boolean promptLookup,
        CacheType cacheType,
        Optional<ToolFormat> toolFormat,
        int maxWaiting,
        int maxPerCaller,
        ModelListener listener) {
    /** The longest context that is taken without being asked for. */
    public static final int LONGEST_DEFAULT_CONTEXT = 8192;

    /** The least memory for keys and values: one megabyte. */
    public static final long MIN_CACHE_MEMORY = 1 << 20;

    /** Checks and copies. */
    public ModelOptions {
        modules = Map.copyOf(modules);
        Objects.requireNonNull(listener, "listener must not be null, ModelListener.NONE for none");
        if (device instanceof Device.Cuda && precision == Precision.FP32) {
            throw new IllegalArgumentException(
                    "a CUDA GPU computes in 16-bit floats, precision FP32 is for the CPU; take"
                            + " AS_STORED, INT8 or INT4, device: " + device);
        }
        if (device instanceof Device.Cuda && promptLookup) {
            throw new IllegalArgumentException(
                    "prompt lookup is for the CPU; open the model without it, device: " + device);
        }
        if (device instanceof Device.Cuda && cacheType != CacheType.AS_COMPUTED) {
            throw new IllegalArgumentException("keys and values in 8 bits are for the CPU; take cacheType AS_COMPUTED,"
                    + " which is 16 bits on a GPU, device: " + device);
        }
        if (contextLength != 0 && contextLength < 16) {
            throw new IllegalArgumentException(
                    "contextLength must be 0 (the checkpoint's) or at least 16, contextLength: " + contextLength);
        }
        if (maxBatch < 1 || maxBatch > 1024) {
            throw new IllegalArgumentException("maxBatch must be from 1 to 1024, maxBatch: " + maxBatch);
        }
        if (cacheMemory != 0 && cacheMemory < MIN_CACHE_MEMORY) {
            throw new IllegalArgumentException("cacheMemory must be 0 (a share of the machine's) or at least "
                    + MIN_CACHE_MEMORY + " bytes, cacheMemory: " + cacheMemory);
        }
        if (maxWaiting < 0 || maxPerCaller < 0) {
            throw new IllegalArgumentException("maxWaiting and maxPerCaller must be positive, or 0 for no limit,"
                    + " maxWaiting: " + maxWaiting + ", maxPerCaller: " + maxPerCaller);
        }
        requireTemplate(chatTemplate);
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, threads: " + threads);
        }
    }

    /** A checkpoint's own template may be broken, since raw text is answered without it; one that is asked for not. */
    private static void requireTemplate(String chatTemplate) {
        if (!chatTemplate.isEmpty()) {
            try {
                var unused = ChatTemplate.parse(chatTemplate);
            } catch (TemplateException e) {
                throw new IllegalArgumentException("chatTemplate cannot be used: " + e.getMessage(), e);
            }
        }
    }

    /**
     * Weights as stored, the checkpoint's context, 8 answers together, on the CPU, a thread for each processor that
     * this process may use. Threads spin unless a container gives them less than a processor each.
     */
    public static ModelOptions defaults() {
        Processors processors = Processors.ofProcess();
        return new ModelOptions(
                Precision.AS_STORED,
                0,
                8,
                0,
                processors.count(),
                processors.maySpin(processors.count()),
                Device.CPU,
                Map.of(),
                "",
                true,
                false,
                CacheType.AS_COMPUTED,
                Optional.empty(),
                0,
                0,
                ModelListener.NONE);
    }

    /** Returns these options with another precision. */
    public ModelOptions withPrecision(Precision precision) {
        return with(copy -> copy.precision = precision);
    }

    /** Returns these options with another context length. */
    public ModelOptions withContextLength(int contextLength) {
        return with(copy -> copy.contextLength = contextLength);
    }

    /** Returns these options with another batch limit. */
    public ModelOptions withMaxBatch(int maxBatch) {
        return with(copy -> copy.maxBatch = maxBatch);
    }

    /** These options with a limit for keys and values, in bytes; 0 for a share of the machine's. */
    public ModelOptions withCacheMemory(long cacheMemory) {
        return with(copy -> copy.cacheMemory = cacheMemory);
    }

    /** Returns these options with another number of threads. */
    public ModelOptions withThreads(int threads) {
        return with(copy -> copy.threads = threads);
    }

    /** Returns these options with threads that spin or do not. */
    public ModelOptions withSpinning(boolean spinning) {
        return with(copy -> copy.spinning = spinning);
    }

    /** Returns these options on another device. */
    public ModelOptions withDevice(Device device) {
        return with(copy -> copy.device = device);
    }

    /** Returns these options with module paths for the nodes of an exported model. */
    public ModelOptions withModules(Map<String, String> modules) {
        return with(copy -> copy.modules = modules);
    }

    /** These options with a chat template; empty takes the checkpoint's. */
    public ModelOptions withChatTemplate(String chatTemplate) {
        return with(copy -> copy.chatTemplate = chatTemplate);
    }

    /** Returns these options with packed weights that are kept in the cache folder, or are not. */
    public ModelOptions withKeepPacked(boolean keepPacked) {
        return with(copy -> copy.keepPacked = keepPacked);
    }

    /** Returns these options with prompt lookup decoding, or without. */
    public ModelOptions withPromptLookup(boolean promptLookup) {
        return with(copy -> copy.promptLookup = promptLookup);
    }

    /** Returns these options with keys and values held in another way. */
    public ModelOptions withCacheType(CacheType cacheType) {
        return with(copy -> copy.cacheType = cacheType);
    }

    /** Returns these options with the format in which the model writes tool calls. */
    public ModelOptions withToolFormat(ToolFormat toolFormat) {
        return with(copy -> copy.toolFormat = Optional.of(toolFormat));
    }

    /** Returns these options with another limit for requests that wait; 0 for none. */
    public ModelOptions withMaxWaiting(int maxWaiting) {
        return with(copy -> copy.maxWaiting = maxWaiting);
    }

    /** Returns these options with another limit for requests of a caller that run together; 0 for none. */
    public ModelOptions withMaxPerCaller(int maxPerCaller) {
        return with(copy -> copy.maxPerCaller = maxPerCaller);
    }

    /** Returns these options with a listener for requests, in the place of another. */
    public ModelOptions withListener(ModelListener listener) {
        return with(copy -> copy.listener = listener);
    }

    private ModelOptions with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.get();
    }

    /** The components by name, to be changed. */
    private static final class Copy {
        private Precision precision;
        private int contextLength;
        private int maxBatch;
        private long cacheMemory;
        private int threads;
        private boolean spinning;
        private Device device;
        private Map<String, String> modules;
        private String chatTemplate;
        private boolean keepPacked;
        private boolean promptLookup;
        private CacheType cacheType;
        private Optional<ToolFormat> toolFormat;
        private int maxWaiting;
        private int maxPerCaller;
        private ModelListener listener;

        Copy(ModelOptions of) {
            precision = of.precision;
            contextLength = of.contextLength;
            maxBatch = of.maxBatch;
            cacheMemory = of.cacheMemory;
            threads = of.threads;
            spinning = of.spinning;
            device = of.device;
            modules = of.modules;
            chatTemplate = of.chatTemplate;
            keepPacked = of.keepPacked;
            promptLookup = of.promptLookup;
            cacheType = of.cacheType;
            toolFormat = of.toolFormat;
            maxWaiting = of.maxWaiting;
            maxPerCaller = of.maxPerCaller;
            listener = of.listener;
        }

        ModelOptions get() {
            return new ModelOptions(
                    precision,
                    contextLength,
                    maxBatch,
                    cacheMemory,
                    threads,
                    spinning,
                    device,
                    modules,
                    chatTemplate,
                    keepPacked,
                    promptLookup,
                    cacheType,
                    toolFormat,
                    maxWaiting,
                    maxPerCaller,
                    listener);
        }
    }

    /** How many requests a model takes. */
    Admission admission() {
        return new Admission(maxBatch, maxWaiting, maxPerCaller);
    }

    /** The engine's settings. */
    Execution execution() {
        return Execution.of(threads).withSpinning(spinning).withDevice(device);
    }
}
