package dev.llmadapt.peft.decoding;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import dev.llmadapt.Usage;
import dev.llmadapt.peft.checkpoint.TokenizerFiles;
import dev.llmadapt.peft.runtime.DecoderSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Answers and scores requests over a session that it owns. Thread-safe. */
public final class Decoder implements AutoCloseable {
    private final TextTokenizer tokenizer;
    private final PromptEncoder prompts;
    private final Scheduler scheduler;
    private final Set<Integer> endIds;

    /**
     * A decoder.
     *
     * @param session from now on this decoder's, which closes it
     * @param endIds tokens that end an answer
     * @param maxBatch the most answers to run together
     */
    public Decoder(DecoderSession session, TokenizerFiles files, Set<Integer> endIds, int maxBatch) {
        this.tokenizer = new TextTokenizer(files);
        this.prompts = new PromptEncoder(files, tokenizer);
        this.scheduler = new Scheduler(session, maxBatch);
        this.endIds = Set.copyOf(endIds);
    }

    /** The token ids a request's prompt becomes. */
    public int[] promptIds(Request request) {
        return prompts.encode(request);
    }

    /** The token ids of a text in which nothing is special. */
    public int[] textIds(String text) {
        return tokenizer.encodePlain(text);
    }

    /** Answers requests together; the listener hears the tokens of the first. */
    public List<Generation> generate(List<Request> requests, TokenListener listener) {
        List<Answer> answers = new ArrayList<>();
        try {
            for (Request request : requests) {
                answers.add(start(request, answers.isEmpty() ? listener : TokenListener.NONE));
            }
            for (boolean more = true; more; ) {
                more = false;
                for (Answer answer : answers) {
                    if (!answer.over()) {
                        answer.accept(scheduler.next(answer.sequence()));
                        more = true;
                    }
                }
            }
            return answers.stream().map(Answer::result).toList();
        } finally {
            answers.forEach(answer -> scheduler.end(answer.sequence()));
        }
    }

    private Answer start(Request request, TokenListener listener) {
        long startNanos = System.nanoTime();
        int[] prompt = prompts.encode(request);
        GenerationOptions options = request.options();
        Chooser chooser = new Sampler(options, endIds, prompt);
        int maxTokens = options.maxTokens();
        Optional<ChoiceChooser> choice = Optional.empty();
        if (request.constraint() instanceof OutputConstraint.OneOf oneOf) {
            List<int[]> ids =
                    oneOf.choices().stream().map(this::continuationIds).toList();
            choice = Optional.of(new ChoiceChooser(
                    ChoiceTrie.of(oneOf.choices(), ids), new Sampler(options, Set.of(), prompt), endIds));
            chooser = choice.get();
            maxTokens = ids.stream().mapToInt(each -> each.length).max().orElseThrow() + 1; // and the end of the answer
        }
        Scheduler.Sequence sequence = scheduler.start(prompt, maxTokens, chooser, options.logProbabilities());
        List<String> stop = choice.isPresent() ? List.of() : options.stop();
        return new Answer(sequence, prompt.length, new AnswerText(tokenizer, stop), choice, listener, startNanos);
    }

    /** See {@link dev.llmadapt.Model#score}. */
    public Scores score(Request request, List<String> continuations) {
        int[] prompt = prompts.encode(request);
        List<int[]> ids = continuations.stream().map(this::continuationIds).toList();
        List<double[]> scores = scheduler.score(prompt, ids);
        List<Scores.Entry> entries = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            entries.add(new Scores.Entry(continuations.get(i), tokens(ids.get(i), scores.get(i))));
        }
        int read = ids.stream().mapToInt(each -> each.length).sum();
        return new Scores(entries, new Usage(prompt.length, read));
    }

    private List<Token> tokens(int[] ids, double[] logProbabilities) {
        AnswerText text = new AnswerText(tokenizer, List.of());
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            String piece = text.add(ids[i]);
            tokens.add(new Token(ids[i], i == ids.length - 1 ? piece + text.finish() : piece, logProbabilities[i]));
        }
        return tokens;
    }

    private int[] continuationIds(String continuation) {
        int[] ids = tokenizer.encodePlain(continuation);
        if (ids.length == 0) {
            throw new IllegalArgumentException(
                    "'" + continuation + "' has no tokens; a continuation needs at least one");
        }
        return ids;
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
