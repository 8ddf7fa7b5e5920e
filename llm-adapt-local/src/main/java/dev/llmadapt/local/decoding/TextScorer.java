package dev.llmadapt.local.decoding;

import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.Usage;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;

/** The scoring of continuations of a request and of whole texts, from texts to tokens with text. Thread-safe. */
final class TextScorer {
    private final TextTokenizer tokenizer;
    private final PromptEncoder prompts;
    private final Scheduler scheduler;
    private final LoadedAdapters adapters;

    private final RequestObserver observer;

    TextScorer(
            TextTokenizer tokenizer,
            PromptEncoder prompts,
            Scheduler scheduler,
            LoadedAdapters adapters,
            RequestObserver observer) {
        this.tokenizer = tokenizer;
        this.prompts = prompts;
        this.scheduler = scheduler;
        this.adapters = adapters;
        this.observer = observer;
    }

    /** See {@link dev.llmadapt.Model#score}. */
    Scores score(Request request, List<String> continuations) {
        RequestTime time = begin(request);
        return traced(time, () -> score(request, continuations, time));
    }

    private RequestTime begin(Request request) {
        return RequestTime.from(
                request.scheduling(),
                observer.begin(Operation.SCORE, request.scheduling().priority()));
    }

    private static <T> T traced(RequestTime time, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException | Error e) {
            time.trace().failed(e, time.over());
            throw e;
        }
    }

    private Scores score(Request request, List<String> continuations, RequestTime time) {
        AdapterMix mix = adapters.mix(request.adapters());
        int[] prompt = mix.promptIds(prompts.encode(request));
        List<int[]> ids = continuations.stream().map(this::continuationIds).toList();
        time.queued(mix);
        List<double[]> scores = scheduler.score(prompt, mix, ids, time);
        List<Scores.Entry> entries = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            entries.add(new Scores.Entry(continuations.get(i), tokens(ids.get(i), scores.get(i))));
        }
        int read = ids.stream().mapToInt(each -> each.length).sum();
        time.trace().finished("", prompt.length, read);
        return new Scores(entries, new Usage(prompt.length, read));
    }

    /**
     * The tokens of texts with their log-probabilities, NaN before a place. Texts that begin alike are read together:
     * what they share once, what follows as continuations of it are.
     *
     * @param texts token ids, at least one each
     * @param from the first token that is scored, at least 1, since nothing is before the first
     */
    List<List<Token>> scoreTokens(List<int[]> texts, int from, Request request) {
        RequestTime time = begin(request);
        return traced(time, () -> scoreTokens(texts, from, request, time));
    }

    private List<List<Token>> scoreTokens(List<int[]> texts, int from, Request request, RequestTime time) {
        AdapterMix mix = adapters.mix(request.adapters());
        time.queued(mix);
        int read = 0;
        int written = 0;
        IdentityHashMap<int[], List<Token>> scored = new IdentityHashMap<>();
        for (TextGroup group : TextGroup.of(texts, from)) {
            int[] prompt = mix.promptIds(group.beginning());
            int virtual = prompt.length - group.shared();
            int first = Math.min(from, group.shared());
            Scorer.Scored scores = scheduler.score(prompt, virtual + first, mix, group.rests(), time);
            read += prompt.length;
            written += group.shared() - first;
            AnswerText text = new AnswerText(tokenizer, List.of());
            List<Token> begun = new ArrayList<>();
            for (int i = 0; i < group.shared(); i++) {
                begun.add(token(text, prompt[virtual + i], i < first ? Double.NaN : scores.prompt()[i - first]));
            }
            for (int i = 0; i < group.texts().size(); i++) {
                double[] values = scores.continuations().get(i);
                Arrays.fill(values, 0, Math.min(values.length, Math.max(0, from - group.shared())), Double.NaN);
                written += values.length - Math.min(values.length, Math.max(0, from - group.shared()));
                List<Token> all = new ArrayList<>(begun);
                all.addAll(tokens(text.copy(), group.rests().get(i), values));
                scored.put(group.texts().get(i), all);
            }
        }
        time.trace().finished("", read, written);
        return texts.stream()
                .map(ids -> scored.computeIfAbsent(ids, this::unscored))
                .toList();
    }

    private List<Token> tokens(int[] ids, double[] logProbabilities) {
        return tokens(new AnswerText(tokenizer, List.of()), ids, logProbabilities);
    }

    private List<Token> unscored(int[] ids) {
        double[] unknown = new double[ids.length];
        Arrays.fill(unknown, Double.NaN);
        return tokens(ids, unknown);
    }

    /** The tokens that go on after a text. */
    private static List<Token> tokens(AnswerText text, int[] ids, double[] logProbabilities) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            tokens.add(token(text, ids[i], logProbabilities[i]));
        }
        int last = ids.length - 1;
        Token end = tokens.get(last);
        tokens.set(
                last,
                new Token(
                        end.id(),
                        end.text() + text.finish(),
                        end.logProbability(),
                        end.reasoning(),
                        end.candidates(),
                        end.bytes()));
        return tokens;
    }

    private static Token token(AnswerText text, int id, double logProbability) {
        String piece = text.add(id);
        return new Token(id, piece, logProbability, "", List.of(), text.bytes());
    }

    /** Returns the ids of a continuation, of which there must be some. */
    int[] continuationIds(String continuation) {
        int[] ids = tokenizer.encodePlain(continuation);
        if (ids.length == 0) {
            throw new IllegalArgumentException(
                    "'" + continuation + "' has no tokens; a continuation needs at least one");
        }
        return ids;
    }
}
