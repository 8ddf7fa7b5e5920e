package dev.llmadapt.local.decoding;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.TokenListener;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.adapter.LoadedAdapters;
import dev.llmadapt.local.constraint.Matcher;
import dev.llmadapt.local.constraint.ThinkingMatcher;
import dev.llmadapt.local.constraint.TokenMatcher;
import dev.llmadapt.local.constraint.Vocabulary;
import dev.llmadapt.observation.RequestTrace;
import dev.llmadapt.prompting.tool.ToolFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The start of answers: of a request are made its prompt, who chooses its tokens and who reads them, and it is queued.
 * Thread-safe.
 */
final class AnswerStarts {
    private final TextTokenizer tokenizer;
    private final PromptEncoder prompts;
    private final Scheduler scheduler;
    private final TextScorer scorer;
    private final LoadedAdapters adapters;
    private final Set<Integer> endIds;
    private final Constraints constraints = new Constraints();

    AnswerStarts(
            TextTokenizer tokenizer,
            PromptEncoder prompts,
            Scheduler scheduler,
            TextScorer scorer,
            LoadedAdapters adapters,
            Set<Integer> endIds) {
        this.tokenizer = tokenizer;
        this.prompts = prompts;
        this.scheduler = scheduler;
        this.scorer = scorer;
        this.adapters = adapters;
        this.endIds = endIds;
    }

    /** What is known of a request before its text is: when it came, until when it has time, and its adapters. */
    private record Arrival(long nanos, RequestTime time, AdapterMix mix) {}

    private Arrival arrival(Request request, RequestTrace trace) {
        RequestTime time = RequestTime.from(request.scheduling(), trace);
        return new Arrival(System.nanoTime(), time, adapters.mix(request.adapters()));
    }

    /**
     * Starts an answer.
     *
     * @param prompt what it goes on after; encoded once the request's time has begun
     * @param listener hears its tokens
     * @throws IllegalArgumentException if the request asks for what this model does not do
     */
    Answer start(Request request, RequestTrace trace, Supplier<PromptEncoder.Prompt> prompt, TokenListener listener) {
        Arrival arrival = arrival(request, trace);
        return start(request, arrival, prompt.get(), listener);
    }

    private Answer start(Request request, Arrival arrival, PromptEncoder.Prompt begun, TokenListener listener) {
        AdapterMix mix = arrival.mix();
        int[] text = begun.ids();
        int[] prompt = mix.promptIds(text);
        GenerationOptions options = request.options();
        Thought thought = Thought.of(begun, tokenizer);
        Chooser chooser = new Sampler(options, endIds, text);
        int maxTokens = options.maxTokens();
        Optional<ChoiceText> choice = Optional.empty();
        Optional<ToolFormat> tools = Optional.empty();
        Optional<AnswerText.Triggers> triggers = Optional.empty();
        if (request.callsTools()) {
            ToolFormat format = prompts.toolFormat();
            tools = Optional.of(format);
            Map<Integer, String> shown = new HashMap<>(thought.shown());
            shown.putAll(tokenizer.special(format.markers()));
            thought = thought.showing(shown);
            OutputConstraint.Triggered constraint = format.constraint(request.tools(), request.toolChoice());
            thought = thought.before(constraint, request);
            triggers = Optional.of(
                    new AnswerText.Triggers(constraint.triggers(), constraint.atStart(), constraint.required(), shown));
            chooser = constrained(constraint, tokenizer.vocabulary(shown), thought, options, text);
        } else if (request.constraint() instanceof OutputConstraint.OneOf oneOf) {
            List<int[]> ids =
                    oneOf.choices().stream().map(scorer::continuationIds).toList();
            thought = Thought.NONE;
            ChoiceTrie trie = ChoiceTrie.of(oneOf.choices(), ids);
            choice = Optional.of(new ChoiceText(trie));
            chooser = new ChoiceChooser(trie, new Sampler(options, Set.of(), text), endIds, options.logProbabilities());
            int longest = ids.stream().mapToInt(each -> each.length).max().orElseThrow();
            maxTokens = Math.min(maxTokens, longest + 1); // and the end of the answer
        } else if (!(request.constraint() instanceof OutputConstraint.None)) {
            thought = thought.before(request.constraint(), request);
            chooser = constrained(request.constraint(), tokenizer.vocabulary(), thought, options, text);
        }
        arrival.time().queued(mix);
        Sequence sequence = scheduler.start(prompt, mix, maxTokens, chooser, Report.of(options), arrival.time());
        List<String> stop = choice.isPresent() ? List.of() : options.stop();
        return new Answer(
                sequence,
                prompt.length,
                new AnswerText(tokenizer, stop, triggers, thought.split(), thought.shown()),
                choice,
                tools,
                listener,
                arrival.nanos());
    }

    private Chooser constrained(
            OutputConstraint constraint,
            Vocabulary vocabulary,
            Thought thought,
            GenerationOptions options,
            int[] text) {
        Matcher answer = constraints.matcher(constraint, vocabulary);
        TokenMatcher matcher = thought.markers()
                .<TokenMatcher>map(each -> new ThinkingMatcher(
                        constraints.markers(each, tokenizer.vocabulary(thought.shown())),
                        answer,
                        thought.opened(),
                        thought.stripped()))
                .orElse(answer);
        return new ConstraintChooser(
                constraint, matcher, vocabulary, tokenizer::encodePlain, new Sampler(options, Set.of(), text), endIds);
    }
}
