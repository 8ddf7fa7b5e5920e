package dev.llmadapt.local.decoding;

import dev.llmadapt.Generation;
import dev.llmadapt.HiddenStates;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.runtime.Engine;
import dev.llmadapt.local.runtime.HiddenStatesSession;
import dev.llmadapt.local.runtime.TextSession;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestObserver;
import dev.llmadapt.observation.RequestTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A decoder that answers and scores requests over a session that it owns. Thread-safe. */
public final class Decoder implements AutoCloseable {
    private final TextTokenizer tokenizer;
    private final PromptEncoder prompts;
    private final Admission admission;
    private final Scheduler scheduler;
    private final TextScorer scorer;
    private final AnswerStarts starts;
    private final LoadedAdapters adapters;
    private final RequestObserver observer;

    /**
     * Makes a decoder.
     *
     * @param session from now on this decoder's, which closes it
     * @param endIds tokens that end an answer
     * @param maxBatch the most answers to run together
     */
    public Decoder(TextSession session, TokenizerFiles files, Set<Integer> endIds, int maxBatch) {
        this(session, new Texts(files), endIds, maxBatch);
    }

    /**
     * Makes a decoder.
     *
     * @param session from now on this decoder's, which closes it
     * @param texts from now on this decoder's, which closes them
     * @param endIds tokens that end an answer
     * @param maxBatch the most answers to run together
     */
    public Decoder(TextSession session, Texts texts, Set<Integer> endIds, int maxBatch) {
        this(
                session,
                texts,
                endIds,
                Admission.of(maxBatch),
                new LoadedAdapters(session.vocabularySize()),
                RequestObserver.NONE);
    }

    /**
     * Makes a decoder that has adapters.
     *
     * @param session from now on this decoder's, which closes it; its graph has the inputs that the adapters need
     * @param texts from now on this decoder's, which closes them
     * @param endIds tokens that end an answer
     * @param admission how many requests it takes
     * @param adapters for the session's vocabulary; from now on this decoder's
     * @param observer hears of requests
     */
    public Decoder(
            TextSession session,
            Texts texts,
            Set<Integer> endIds,
            Admission admission,
            LoadedAdapters adapters,
            RequestObserver observer) {
        this.tokenizer = texts.tokenizer;
        this.prompts = texts.prompts;
        this.admission = admission;
        this.scheduler = new Scheduler(session, admission);
        this.adapters = adapters;
        this.scorer = new TextScorer(tokenizer, prompts, scheduler, adapters, observer);
        this.starts = new AnswerStarts(tokenizer, prompts, scheduler, scorer, adapters, Set.copyOf(endIds));
        this.observer = observer;
    }

    /** The adapters that requests can name. */
    public LoadedAdapters adapters() {
        return adapters;
    }

    /**
     * Replaces the engine between two tokens of the running answers.
     *
     * @param engine from now on this decoder's, unless this throws
     * @throws IllegalStateException if this decoder is closed
     */
    public void adopt(Engine engine) {
        scheduler.adopt(engine);
    }

    /**
     * Replaces the engine by one of the base alone if no running answer uses an adapter.
     *
     * @param engine from now on this decoder's, if it was taken
     * @return whether it was taken
     * @throws IllegalStateException if this decoder is closed
     */
    public boolean adoptForBase(Engine engine) {
        return scheduler.adoptForBase(engine);
    }

    /** Forgets what is kept for an adapter; running answers keep it. */
    public void forget(PreparedAdapter adapter) {
        scheduler.forget(adapter);
    }

    /** Whether a running answer uses an adapter. */
    public boolean usesAdapters() {
        return scheduler.usesAdapters();
    }

    /** Returns the token ids of a request's prompt, without the virtual tokens of adapters. */
    public int[] promptIds(Request request) {
        return prompts.encode(request);
    }

    /** Returns the token ids of a whole conversation, the end of its last message included. */
    public int[] conversationIds(Request conversation) {
        return prompts.encodeWhole(conversation);
    }

    /**
     * Returns a request's text as a session for hidden states reads it, with the tokens whose states are pooled.
     *
     * @throws IllegalArgumentException if an adapter is unknown or acts through the cache, or the last message has no
     *     tokens where its mean is asked for
     */
    public HiddenStatesSession.Row stateText(Request request, HiddenStates.Pooling pooling) {
        AdapterMix mix = adapters.mix(request.adapters());
        for (PreparedAdapter adapter : mix.adapters()) {
            if (adapter.prefixTokens() > 0) {
                throw new IllegalArgumentException("adapter '" + adapter.name() + "' is a prefix of keys and values,"
                        + " which act through the cache; hidden states are read without one, with LoRA, DoRA, IA3 and"
                        + " soft prompts");
            }
        }
        return switch (pooling) {
            case MEAN -> {
                PromptEncoder.Encoded text = prompts.encodeWithMessage(request);
                int[] ids = mix.promptIds(text.ids());
                int virtual = ids.length - text.ids().length;
                yield new HiddenStatesSession.Row(ids, virtual + text.from(), virtual + text.to(), mix);
            }
            case LAST -> {
                int[] ids = mix.promptIds(prompts.encode(request));
                yield new HiddenStatesSession.Row(ids, ids.length - 1, ids.length, mix);
            }
        };
    }

    /** Returns the token ids of a text in which nothing is special. */
    public int[] textIds(String text) {
        return tokenizer.encodePlain(text);
    }

    /**
     * Answers requests together; the listener hears the tokens of the first.
     *
     * @throws InferenceException if what the model computes for one of them is not finite, or the engine fails
     */
    public List<Generation> generate(List<Request> requests, TokenListener listener) {
        return run(requests, (i, trace) -> {
            Request request = requests.get(i);
            return starts.start(request, trace, () -> prompts.prompt(request), i == 0 ? listener : TokenListener.NONE);
        });
    }

    /**
     * Goes on after token ids as they are.
     *
     * @param ids in the model's vocabulary, at least one
     * @param request raw; its messages count for nothing
     */
    public Generation complete(int[] ids, Request request, TokenListener listener) {
        PromptEncoder.Prompt prompt = new PromptEncoder.Prompt(ids, Optional.empty(), false);
        return run(List.of(request), (i, trace) -> starts.start(request, trace, () -> prompt, listener))
                .get(0);
    }

    /** Starts the answer of a request by its place. */
    private interface Start {
        Answer start(int index, RequestTrace trace);
    }

    private List<Generation> run(List<Request> requests, Start start) {
        List<RequestTrace> traces = requests.stream().map(this::begin).toList();
        List<Answer> answers = new ArrayList<>();
        try {
            admission.requirePossible(requests.size());
            for (int i = 0; i < requests.size(); i++) {
                answers.add(start.start(i, traces.get(i)));
            }
            for (boolean more = true; more; ) {
                more = false;
                for (int i = 0; i < answers.size(); i++) {
                    if (!answers.get(i).over()) {
                        answers.get(i).accept(next(answers, i));
                        more = true;
                    }
                }
            }
            return answers.stream().map(Answer::result).toList();
        } catch (RuntimeException | Error e) {
            answers.forEach(answer -> answer.failed(e));
            traces.forEach(trace -> trace.failed(e, false)); // those that have no answer
            throw e;
        } finally {
            answers.forEach(answer -> scheduler.end(answer.sequence()));
        }
    }

    private Sequence.Step next(List<Answer> answers, int index) {
        try {
            return scheduler.next(answers.get(index).sequence());
        } catch (InferenceException e) {
            if (answers.size() == 1) {
                throw e;
            }
            throw new InferenceException("request " + (index + 1) + " of " + answers.size() + ": " + e.getMessage(), e);
        }
    }

    private RequestTrace begin(Request request) {
        return observer.begin(
                request.raw() ? Operation.TEXT_COMPLETION : Operation.CHAT,
                request.scheduling().priority());
    }

    /** See {@link dev.llmadapt.Model#score}. */
    public Scores score(Request request, List<String> continuations) {
        return scorer.score(request, continuations);
    }

    /** See {@link dev.llmadapt.local.LocalModel#scoreTokens(List, int, Request)}. */
    public List<List<Token>> scoreTokens(List<int[]> texts, int from, Request request) {
        return scorer.scoreTokens(texts, from, request);
    }

    /** The text of tokens, that of special ones included. */
    public String text(int[] ids) {
        return tokenizer.decodeAll(ids);
    }

    /** Returns the bytes that an answer of so many tokens takes, prompt included. */
    public long cacheBytes(int tokens) {
        return scheduler.bytes(tokens);
    }

    /** Returns counts of what waits and runs. */
    public Load load() {
        return scheduler.load();
    }

    /** Returns the most bytes that answers may take together. */
    public long cacheMemory() {
        return scheduler.memory();
    }

    @Override
    public void close() {
        try {
            scheduler.close();
        } finally {
            tokenizer.close();
        }
    }
}
