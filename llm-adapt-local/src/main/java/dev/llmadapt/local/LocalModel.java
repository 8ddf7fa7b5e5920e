package dev.llmadapt.local;

import dev.llmadapt.Adapter;
import dev.llmadapt.AdapterException;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.Generation;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelInfo;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.checkpoint.EndTokens;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.decoding.Decoder;
import dev.llmadapt.local.decoding.Load;
import dev.llmadapt.local.decoding.Texts;
import dev.llmadapt.natives.OnnxRuntime;
import dev.llmadapt.observation.RequestObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A language model that runs in this process, from a checkpoint on disk: a Hugging Face folder, a GGUF file, or a
 * decoder that was exported to ONNX.
 *
 * <p>Concurrent requests run together, a token of each at a time. Opens no socket.
 */
public final class LocalModel implements HiddenStates {
    private final Path checkpoint;
    private final ModelOptions options;
    private final LocalBase base;
    private final Decoder decoder;
    private final ModelInfo info;
    private final ModelAdapters adapters;
    private final ModelStates states;
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalModel(
            Path checkpoint,
            ModelOptions options,
            LocalBase base,
            AdapterInputs inputs,
            Decoder decoder,
            ModelInfo info,
            RequestObserver observer) {
        this.checkpoint = checkpoint;
        this.options = options;
        this.base = base;
        this.decoder = decoder;
        this.info = info;
        this.states = new ModelStates(base, decoder, info, observer);
        this.adapters = new ModelAdapters(base, inputs, decoder, states);
    }

    /**
     * Opens a checkpoint.
     *
     * @param checkpoint a folder with {@code config.json}, {@code tokenizer.json} and {@code *.safetensors}; a
     *     {@code .gguf} file; or an {@code .onnx} file as Hugging Face Optimum or onnxruntime-genai's model builder
     *     exports it, or its folder, with the tokenizer, in 32-bit floats or with products of 4-bit blocks. Must stay
     *     unchanged while the model is open
     * @return a model that the caller closes
     * @throws CheckpointException if the files cannot be read or hold what is not supported
     * @throws InferenceException if the engine refuses the graph
     */
    public static LocalModel open(Path checkpoint, ModelOptions options) {
        return open(checkpoint, options, List.of());
    }

    /**
     * Opens a checkpoint with adapters, which requests then name, as if each had been {@linkplain #loadAdapter loaded}
     * in turn. The engine is made once, for the base and all of them, where the first one that is loaded into an open
     * model makes it again, beside the other.
     *
     * @param checkpoint as {@link #open(Path, ModelOptions)} takes it
     * @param adapters each of another name
     * @return a model that the caller closes
     * @throws CheckpointException if the files cannot be read or hold what is not supported
     * @throws AdapterException if an adapter was made for another model, or its shapes do not fit this one
     * @throws IllegalStateException if two adapters have one name
     * @throws InferenceException if the engine refuses the graph
     */
    public static LocalModel open(Path checkpoint, ModelOptions options, List<? extends LocalAdapter> adapters) {
        // loading the engine's library takes as long as reading the checkpoint's head; what fails here fails again
        // below
        Thread engine = new Thread(OnnxRuntime::start, "llm-adapt-engine");
        engine.setUncaughtExceptionHandler((thread, failure) -> {});
        engine.setDaemon(true);
        engine.start();
        return open(LocalBase.open(checkpoint, options), checkpoint, options, adapters);
    }

    /** Opens a model over a base, which is the model's from now on, also if this throws. */
    static LocalModel open(
            LocalBase base, Path checkpoint, ModelOptions options, List<? extends LocalAdapter> adapters) {
        // a large vocabulary takes as long as a second, which the session need not wait for
        FutureTask<Texts> texts = new FutureTask<>(() -> new Texts(tokenizer(base, options), options.toolFormat()));
        new Thread(texts, "llm-adapt-tokenizer").start();
        try {
            ModelAdapters.Beginning beginning = ModelAdapters.Beginning.of(base, adapters);
            LocalBase.Opened opened = base.session(beginning.inputs(), () -> await(texts));
            try {
                Texts ready = await(texts);
                EndTokens ends = EndTokens.of(
                        base.endIds(), ready.files(), opened.session().vocabularySize());
                RequestObserver observer = RequestObserver.inProcess(
                        options.listener(), opened.info().name());
                Decoder decoder = new Decoder(
                        opened.session(), ready, ends.ids(), options.admission(), beginning.loaded(), observer);
                return new LocalModel(checkpoint, options, base, beginning.inputs(), decoder, opened.info(), observer);
            } catch (RuntimeException | Error e) {
                opened.session().close();
                throw e;
            }
        } catch (RuntimeException | Error e) {
            closeQuietly(texts, e);
            base.close();
            throw e;
        }
    }

    private static TokenizerFiles tokenizer(LocalBase base, ModelOptions options) {
        return options.chatTemplate().isEmpty()
                ? base.tokenizer()
                : base.tokenizer().withChatTemplate(options.chatTemplate());
    }

    /** Waits for a task, also if the thread is interrupted, whose flag then stays set. */
    private static Texts await(FutureTask<Texts> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void closeQuietly(FutureTask<Texts> texts, Throwable failure) {
        try {
            await(texts).close();
        } catch (RuntimeException | Error e) {
            if (!failure.equals(e)) {
                failure.addSuppressed(e);
            }
        }
    }

    @Override
    public Generation stream(Request request, TokenListener listener) {
        requireOpen();
        return decoder.generate(List.of(request), listener).get(0);
    }

    @Override
    public List<Generation> generate(List<Request> requests) {
        requireOpen();
        return decoder.generate(requests, TokenListener.NONE);
    }

    @Override
    public Scores score(Request prompt, List<String> continuations) {
        requireOpen();
        return decoder.score(prompt, continuations);
    }

    @Override
    public int stateCount() {
        requireOpen();
        return base.layers() + 1;
    }

    @Override
    public int hiddenSize() {
        requireOpen();
        return base.hiddenSize();
    }

    /**
     * {@inheritDoc}
     *
     * <p>The first call makes an engine of its own for this, with the weights once more, and so does the first that
     * names an adapter which changes modules that none before it did; that takes about as long as opening the model
     * did. A model that is never asked has none. Calls of several threads take turns.
     */
    @Override
    public List<float[][]> hiddenStates(List<Request> requests, Pooling pooling) {
        requireOpen();
        return states.of(requests, pooling);
    }

    @Override
    public Request prepare(Request request) {
        requireOpen();
        return request;
    }

    @Override
    public ModelInfo info() {
        requireOpen();
        return info;
    }

    /**
     * Loads an adapter, which requests then name; see {@link Request#adapters()}. Running answers go on meanwhile.
     *
     * <p>One engine serves the base and every adapter. The first adapter, and each that changes modules which none
     * before it did, takes about as long to load as the model did, and as much memory beside it until it is there;
     * others as long as it takes to read and lay out their parameters. Adapters that are known when the model is opened
     * are better {@linkplain #open(Path, ModelOptions, List) opened with it}. An adapter that cannot be loaded leaves
     * the model as it was.
     *
     * @throws AdapterException if it was made for another model, or its shapes do not fit this one
     * @throws IllegalStateException if an adapter of its name is loaded
     */
    public void loadAdapter(LocalAdapter adapter) {
        requireOpen();
        adapters.load(adapter);
    }

    /**
     * Unloads an adapter; running answers keep it.
     *
     * @throws IllegalArgumentException if none of that name is loaded
     * @throws IllegalStateException if it belongs to an {@link AdapterPool}
     */
    public void unloadAdapter(String name) {
        requireOpen();
        adapters.unload(name);
    }

    /** The owner of this model's adapters, for a pool of them. */
    ModelAdapters owner() {
        requireOpen();
        return adapters;
    }

    /** The adapters requests can name, by name; of those of an {@link AdapterPool}, the ones in memory. */
    public List<Adapter> adapters() {
        requireOpen();
        return adapters.all();
    }

    /**
     * How many tokens a conversation has where it is learned: with those of the chat template, and the one that ends
     * the answer.
     *
     * @param prompt what stands before the answer, as {@link Model#prepare} makes it
     * @param answer the text that follows
     */
    public int countTokens(Request prompt, String answer) {
        requireOpen();
        return promptTokens(prompt).length + textTokens(answer).length + 1;
    }

    /** The memory that keys and values take and may take. */
    public CacheSize cacheSize() {
        requireOpen();
        long answer = decoder.cacheBytes(0);
        return new CacheSize(decoder.cacheBytes(1) - answer, answer, decoder.cacheMemory());
    }

    /** The requests that wait and run, and the memory that keys and values take, for metrics; waits for nothing. */
    public ModelLoad load() {
        requireOpen();
        Load load = decoder.load();
        return new ModelLoad(
                load.waiting(),
                load.running(),
                options.maxBatch(),
                load.keptTokens(),
                load.cacheBytes(),
                decoder.cacheMemory());
    }

    /**
     * Encodes a prompt as this model reads it.
     *
     * @param prompt as {@link Model#prepare} makes it
     * @return token ids, those of the chat template included
     */
    public int[] promptTokens(Request prompt) {
        requireOpen();
        return decoder.promptIds(prompt);
    }

    /**
     * Encodes a whole conversation, the end of its last message included, as this model reads it.
     *
     * @param conversation as {@link Model#prepare} makes it
     * @return token ids, those of the chat template included
     */
    public int[] conversationTokens(Request conversation) {
        requireOpen();
        return decoder.conversationIds(conversation);
    }

    /** Encodes a text alone, without the chat template. */
    public int[] textTokens(String text) {
        requireOpen();
        return decoder.textIds(text);
    }

    /**
     * Decodes tokens, special ones included.
     *
     * @param tokens ids in the vocabulary
     * @throws IllegalArgumentException if one is not
     */
    public String text(int[] tokens) {
        requireOpen();
        requireTokens(tokens);
        return decoder.text(tokens);
    }

    /**
     * Goes on after tokens as they are, in place of the text of a raw request.
     *
     * @param prompt ids in the vocabulary, at least one; those that the tokenizer puts before a text are not added
     * @param request a raw one, whose options, constraint, adapters and scheduling hold; its messages count for nothing
     * @param listener as in {@link #stream}
     * @throws IllegalArgumentException as {@link #stream} does, and if an id is not in the vocabulary
     */
    public Generation complete(int[] prompt, Request request, TokenListener listener) {
        requireOpen();
        requireText(prompt, request);
        return decoder.complete(prompt, request, listener);
    }

    /**
     * Scores the tokens of a text: the natural-log probability of each, given those before it.
     *
     * @param tokens ids in the vocabulary, at least one
     * @param request a raw one, whose adapters and scheduling hold
     * @return the tokens with their texts, in which special ones are empty; the probability of the first is NaN, since
     *     nothing is before it
     * @throws IllegalArgumentException if an id is not in the vocabulary, an adapter is unknown, or the text is too
     *     long
     * @throws java.util.concurrent.CancellationException as {@link #score} does
     */
    public List<Token> scoreTokens(int[] tokens, Request request) {
        return scoreTokens(List.of(tokens), 1, request).get(0);
    }

    /**
     * Scores the tokens of several texts. Texts that begin alike are read together: the beginning once, what follows as
     * continuations of it. Where all texts share the tokens before {@code from}, the scores are those of {@link #score}
     * for a prompt of these tokens, to the bit, unless the texts share 64 tokens more.
     *
     * @param texts of each its ids in the vocabulary, at least one
     * @param from the first token whose probability is wanted, at least 1, counted from 0; it is NaN of those before
     * @param request a raw one, whose adapters and scheduling hold
     * @return the tokens of each text, as {@link #scoreTokens(int[], Request)} gives them
     * @throws IllegalArgumentException if {@code from} is less than 1, and as {@link #scoreTokens(int[], Request)} does
     * @throws java.util.concurrent.CancellationException as {@link #score} does
     */
    public List<List<Token>> scoreTokens(List<int[]> texts, int from, Request request) {
        requireOpen();
        if (from < 1) {
            throw new IllegalArgumentException(
                    "from must be at least 1, since nothing is before the first token, from: " + from);
        }
        texts.forEach(text -> requireText(text, request));
        return decoder.scoreTokens(texts, from, request);
    }

    private void requireText(int[] tokens, Request request) {
        if (!request.raw()) {
            throw new IllegalArgumentException("tokens have no chat template, so the request must be raw (withRaw)");
        }
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a text needs at least one token, got none");
        }
        requireTokens(tokens);
    }

    private void requireTokens(int[] tokens) {
        for (int token : tokens) {
            if (token < 0 || token >= info.vocabularySize()) {
                throw new IllegalArgumentException(
                        "a token id must be in [0, " + info.vocabularySize() + "), got " + token);
            }
        }
    }

    /** The path this model was opened from. */
    public Path checkpoint() {
        return checkpoint;
    }

    /** The options this model was opened with. */
    public ModelOptions options() {
        return options;
    }

    /** Throws if this model is closed. */
    void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the model is closed: " + info.name() + "; open it again to use it");
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (base;
                    states) {
                decoder.close();
            }
        }
    }
}
