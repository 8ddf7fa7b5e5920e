package dev.llmadapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The laws of {@link Model}. A test of an implementation extends this class and says how to open one; its tests run on
 * whatever the model happens to write, so a tiny random checkpoint is enough.
 *
 * <p>The tests need a model that writes more than one token for {@linkplain #prompts() its prompts}; a law whose
 * premise does not hold (a text must tokenise back to the tokens it was made of) is skipped with a message that says
 * so.
 */
public abstract class ModelContract {
    /** For subclasses. */
    protected ModelContract() {}

    /** Opens a new model; the tests close it. */
    protected abstract Model open();

    /** At least two conversations of different lengths that the model answers greedily with several tokens. */
    protected List<Request> prompts() {
        return List.of(
                Request.of("Tell me about cats."),
                Request.of("What is the capital of France, and what do people like to eat there in spring?"),
                Request.of(
                        Message.user("Name a colour."),
                        Message.assistant("Blue is a colour."),
                        Message.user("Name two more, please.")));
    }

    /** The texts the model is asked to choose from; one of them is the beginning of another. */
    protected List<String> choices() {
        return List.of("yes", "no", "not sure");
    }

    /** The maximum number of tokens per answer; more make the laws harder and the tests slower. */
    protected int tokens() {
        return 12;
    }

    /**
     * Whether the model writes its answers token by token; false for one that answers with one of its labels, a single
     * token that neither sampling nor stop texts change. The laws about longer answers are skipped then.
     */
    protected boolean writes() {
        return true;
    }

    /** The largest allowed difference between two log-probabilities of one token. */
    protected double tolerance() {
        return 1e-3;
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void stream_anyPrompt_textsOfTheTokensAddUpToTheText() {
        try (Model model = open()) {
            for (Request request : variety()) {
                List<Token> heard = new ArrayList<>();
                Generation answer = model.stream(request, heard::add);

                assertThat(heard).as("tokens heard, %s", request).isEqualTo(answer.tokens());
                assertThat(text(heard)).as("texts joined, %s", request).isEqualTo(answer.text());
            }
        }
    }

    @Test
    void generate_requiredTool_isCalledOrRefused() {
        ToolSpec tool = ToolSpec.of("look_up", "Looks something up.");
        try (Model model = open()) {
            Request request = prompts()
                    .get(0)
                    .withRaw(false)
                    .withConstraint(OutputConstraint.none())
                    .withTools(List.of(tool), ToolChoice.required());
            try {
                Generation answer = model.generate(request);
                assertThat(answer.text()).isEmpty();
                assertThat(answer.toolCalls())
                        .hasSizeGreaterThanOrEqualTo(answer.finishReason() == FinishReason.LENGTH ? 0 : 1);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).as("the reason of the refusal").isNotBlank();
            }
        }
    }

    @Test
    void generate_greedy_isDeterministic() {
        try (Model model = open();
                Model other = open()) {
            for (Request request : greedy()) {
                Generation once = model.generate(request);

                assertSame(model.generate(request), once, "asked twice, " + request);
                assertSame(other.generate(request), once, "another instance, " + request);
            }
        }
    }

    @Test
    void generate_greedy_ignoresTheSeed() {
        try (Model model = open()) {
            Request request = greedy().get(0);

            assertSame(
                    model.generate(request.withOptions(request.options().withSeed(99))),
                    model.generate(request),
                    "seed 99 against seed 0");
        }
    }

    @Test
    void generate_sameSeed_sameAnswer() {
        try (Model model = open()) {
            for (Request request : sampled()) {
                assertSame(model.generate(request), model.generate(request), "asked twice, " + request);
            }
        }
    }

    @Test
    void generate_differentSeeds_usuallyDiffer() {
        assumeWrites();
        try (Model model = open()) {
            Set<String> texts = new HashSet<>();
            for (int seed = 0; seed < 8; seed++) {
                texts.add(model.generate(sample(prompts().get(0), seed)).text());
            }

            assertThat(texts).as("answers for seeds 0 to 7").hasSizeGreaterThan(1);
        }
    }

    @Test
    void generate_withoutLogProbabilities_reportsNaN() {
        try (Model model = open()) {
            Request request =
                    prompts().get(0).withOptions(GenerationOptions.defaults().withMaxTokens(tokens()));

            assertThat(model.generate(request).tokens())
                    .isNotEmpty()
                    .allSatisfy(token -> assertThat(token.logProbability()).isNaN());
        }
    }

    @Test
    void generate_candidates_areTheLikeliestTokensInThePlaceOfEach() {
        assumeWrites();
        try (Model model = open()) {
            Request request = prompts()
                    .get(0)
                    .withOptions(
                            GenerationOptions.defaults().withMaxTokens(tokens()).withCandidates(3));

            assertThat(model.generate(request).tokens()).isNotEmpty().allSatisfy(token -> {
                assertThat(token.candidates()).hasSize(3);
                for (int i = 1; i < 3; i++) {
                    assertThat(token.candidates().get(i).logProbability())
                            .isLessThanOrEqualTo(token.candidates().get(i - 1).logProbability());
                }
                assertThat(token.candidates().get(0).id()).as("greedy").isEqualTo(token.id());
                assertThat(token.candidates().get(0).logProbability())
                        .isCloseTo(token.logProbability(), within(tolerance()));
            });
            Request without = request.withOptions(request.options().withCandidates(0));
            assertThat(model.generate(without).tokens())
                    .isNotEmpty()
                    .allSatisfy(token -> assertThat(token.candidates()).isEmpty());
        }
    }

    @Test
    void generate_maxTokens_endsTheAnswerThere() {
        assumeWrites();
        try (Model model = open()) {
            Request request = longGreedy(model, 2);
            Generation whole = model.generate(request);
            int fewer = whole.tokens().size() - 1;
            Generation part =
                    model.generate(request.withOptions(request.options().withMaxTokens(fewer)));

            assertThat(part.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(ids(part.tokens())).isEqualTo(ids(whole.tokens()).subList(0, fewer));
            assertThat(part.usage().completionTokens()).isGreaterThanOrEqualTo(fewer);
            assertThat(part.usage().promptTokens()).isPositive();
        }
    }

    @Test
    void generate_batch_equalsItsRowsAlone() {
        try (Model model = open()) {
            List<Request> requests = variety();
            List<Generation> alone = requests.stream().map(model::generate).toList();
            List<Generation> together = model.generate(requests);

            assertThat(together).hasSameSizeAs(requests);
            for (int row = 0; row < requests.size(); row++) {
                assertSame(together.get(row), alone.get(row), "row " + row + ", " + requests.get(row));
            }
            assertThat(model.generate(List.of())).as("an empty batch").isEmpty();
        }
    }

    @Test
    void generate_fromSeveralThreads_equalsAlone() throws Exception {
        try (Model model = open()) {
            List<Request> requests = variety();
            List<Generation> alone = requests.stream().map(model::generate).toList();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<Generation>> answers = new ArrayList<>();
                for (int round = 0; round < 2; round++) {
                    requests.forEach(request -> answers.add(threads.submit(() -> model.generate(request))));
                }
                for (int i = 0; i < answers.size(); i++) {
                    int row = i % requests.size();
                    assertSame(answers.get(i).get(5, TimeUnit.MINUTES), alone.get(row), "request " + row);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void stream_interruptedWhileAnswering_stopsWithinOneToken() {
        assumeWrites();
        try (Model model = open()) {
            Request request = longGreedy(model, 4);
            List<Token> heard = new ArrayList<>();
            Generation answer = model.stream(request, token -> {
                heard.add(token);
                if (heard.size() == 2) {
                    Thread.currentThread().interrupt();
                }
            });

            assertThat(Thread.interrupted()).as("interrupt status").isTrue();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
            assertThat(answer.tokens()).hasSizeBetween(2, 3).isEqualTo(heard);
            assertThat(answer.text()).isEqualTo(text(heard));
        }
    }

    @Test
    void generate_interruptedBefore_stopsWithinOneToken() {
        try (Model model = open()) {
            Request request = longGreedy(model, 4);
            Thread.currentThread().interrupt();
            Generation alone = model.generate(request);
            List<Generation> batch = model.generate(List.of(request, request));

            assertThat(Thread.interrupted()).as("interrupt status").isTrue();
            assertThat(List.of(alone, batch.get(0), batch.get(1))).allSatisfy(answer -> {
                assertThat(answer.finishReason()).isEqualTo(FinishReason.INTERRUPTED);
                assertThat(answer.tokens()).hasSizeLessThanOrEqualTo(1);
            });
            assertThat(model.generate(request).finishReason())
                    .as("the model works again")
                    .isNotEqualTo(FinishReason.INTERRUPTED);
        }
    }

    @Test
    void stream_listenerThrows_reachesTheCallerAndTheModelGoesOn() {
        try (Model model = open()) {
            Request request = longGreedy(model, 2);
            Generation before = model.generate(request);
            RuntimeException trouble = new UnsupportedOperationException("the listener's own");

            assertThatThrownBy(() -> model.stream(request, token -> {
                        throw trouble;
                    }))
                    .isSameAs(trouble);
            assertSame(model.generate(request), before, "after the exception");
        }
    }

    @Test
    void generate_stopText_endsTheAnswerBeforeIt() {
        assumeWrites();
        try (Model model = open()) {
            Request request = longGreedy(model, 3);
            String whole = model.generate(request).text();
            int middle = whole.offsetByCodePoints(0, whole.codePointCount(0, whole.length()) / 2);
            String stop = whole.substring(middle, Math.min(whole.length(), whole.offsetByCodePoints(middle, 1) + 1));
            assumeTrue(
                    !stop.isEmpty()
                            && stop.indexOf('\uFFFD') < 0
                            && !Character.isHighSurrogate(stop.charAt(stop.length() - 1)),
                    "needs a model that writes whole characters, it wrote: " + whole);

            List<Token> heard = new ArrayList<>();
            Generation answer =
                    model.stream(request.withOptions(request.options().withStop("\u0001", stop)), heard::add);

            assertThat(answer.text())
                    .as("up to the first '%s' in '%s'", stop, whole)
                    .isEqualTo(whole.substring(0, whole.indexOf(stop)));
            assertThat(text(heard)).isEqualTo(answer.text());
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void generate_stopTextThatNeverCompletes_changesNothing() {
        try (Model model = open()) {
            Request request = longGreedy(model, 3);
            Generation whole = model.generate(request);
            String text = whole.text();
            String middle = text.substring(text.length() / 3, text.length() / 2 + 1) + "\u0001";
            String end = text.substring(text.length() - 1) + "\u0001";
            List<Token> heard = new ArrayList<>();
            Generation answer =
                    model.stream(request.withOptions(request.options().withStop(middle, end)), heard::add);

            assertThat(answer.text()).isEqualTo(text);
            assertThat(text(heard)).isEqualTo(text);
            assertThat(ids(answer.tokens())).isEqualTo(ids(whole.tokens()));
            assertThat(answer.finishReason()).isEqualTo(whole.finishReason());
        }
    }

    @Test
    void generate_oneOf_isExactlyOneOfTheChoices() {
        try (Model model = open()) {
            for (Request prompt : prompts()) {
                Request request = prompt.withConstraint(OutputConstraint.oneOf(choices()));
                List<Request> requests = new ArrayList<>(List.of(request));
                IntStream.range(0, 6)
                        .forEach(seed -> requests.add(request.withOptions(GenerationOptions.defaults()
                                .withTemperature(1.5)
                                .withSeed(seed))));

                assertThat(model.generate(requests)).allSatisfy(answer -> {
                    assertThat(answer.text()).isIn(choices());
                    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
                });
            }
        }
    }

    @Test
    void generate_finalAssistantMessage_isContinued() {
        assumeWrites();
        try (Model model = open()) {
            int continued = 0;
            for (Request prompt : prompts()) {
                Request request = greedy(prompt);
                Generation whole = model.generate(request);
                Optional<String> prefix = tokenPrefix(model, request, whole);
                if (prefix.isPresent()) {
                    Generation rest = model.generate(request.plus(Message.assistant(prefix.get())));

                    assertThat(prefix.get() + rest.text()).startsWith(whole.text());
                    continued++;
                }
            }
            assumeTrue(continued > 0, "needs a greedy answer of which a part tokenises as it was generated");
        }
    }

    @Test
    void score_generatedText_agreesWithTheTokensOfTheAnswer() {
        try (Model model = open()) {
            int compared = 0;
            List<Request> requests = new ArrayList<>(greedy());
            requests.addAll(sampled());
            for (Request request : requests) {
                List<Token> generated = model.generate(request).tokens();
                String text = text(generated);
                if (text.isEmpty()) {
                    continue;
                }
                List<Token> scored =
                        model.score(request, List.of(text)).entries().get(0).tokens();
                if (scored.size() <= generated.size()
                        && ids(generated.subList(0, scored.size())).equals(ids(scored))) {
                    for (int i = 0; i < scored.size(); i++) {
                        assertThat(generated.get(i).logProbability())
                                .as("token %d of '%s', %s", i, text, request)
                                .isCloseTo(scored.get(i).logProbability(), within(tolerance()));
                    }
                    compared++;
                }
            }
            assumeTrue(compared > 0, "needs an answer that tokenises back to the tokens it was made of");
        }
    }

    @Test
    void score_continuations_isTheSumOfTheirTokensInTheOrderAsked() {
        try (Model model = open()) {
            List<String> asked = new ArrayList<>(choices());
            asked.add(choices().get(0));
            for (Request prompt : prompts()) {
                Scores scores = model.score(prompt, asked);

                assertThat(scores.entries())
                        .extracting(Scores.Entry::continuation)
                        .isEqualTo(asked);
                assertThat(scores.usage().promptTokens()).isPositive();
                assertThat(scores.entries()).allSatisfy(entry -> {
                    assertThat(text(entry.tokens())).isEqualTo(entry.continuation());
                    assertThat(entry.tokens())
                            .allSatisfy(token -> assertThat(token.logProbability())
                                    .isLessThanOrEqualTo(tolerance())
                                    .isFinite());
                    assertThat(entry.logProbability())
                            .isEqualTo(entry.tokens().stream()
                                    .mapToDouble(Token::logProbability)
                                    .sum());
                });
                assertThat(scores.entries().get(asked.size() - 1).logProbability())
                        .as("the same continuation twice")
                        .isCloseTo(scores.entries().get(0).logProbability(), within(tolerance()));
            }
        }
    }

    @Test
    void score_one_isNotChangedByTheOthersNorBySampling() {
        try (Model model = open()) {
            Request prompt = prompts().get(0);
            Request sampled = sample(prompt, 7).withConstraint(OutputConstraint.oneOf(choices()));
            Scores together = model.score(sampled, choices());
            for (int i = 0; i < choices().size(); i++) {
                double alone = model.score(prompt, List.of(choices().get(i)))
                        .entries()
                        .get(0)
                        .logProbability();

                assertThat(together.entries().get(i).logProbability())
                        .as("score of '%s'", choices().get(i))
                        .isCloseTo(alone, within(tolerance()));
            }
        }
    }

    @Test
    void score_emptyContinuation_isRefused() {
        try (Model model = open()) {
            assertThatThrownBy(() -> model.score(prompts().get(0), List.of("")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void request_unknownAdapter_isRefusedByName() {
        try (Model model = open()) {
            Request request = greedy(prompts().get(0)).withAdapter("no-such-adapter");

            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> model.generate(request),
                    () -> model.stream(request, TokenListener.NONE),
                    () -> model.generate(List.of(request)),
                    () -> model.score(request, choices()))) {
                assertThatThrownBy(call)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("no-such-adapter");
            }
        }
    }

    @Test
    void request_longerThanTheContext_isRefused() {
        try (Model model = open()) {
            Request request = Request.of("a b ".repeat(model.info().contextLength()));

            assertThatThrownBy(() -> model.generate(request)).isInstanceOf(IllegalArgumentException.class);
            assertThat(model.generate(greedy(prompts().get(0))).tokens())
                    .as("the model works after")
                    .isNotEmpty();
        }
    }

    @Test
    void info_anyModel_saysWhatItIs() {
        try (Model model = open()) {
            assertThat(model.info().name()).isNotBlank();
            assertThat(model.info().contextLength()).isPositive();
            assertThat(model.info().vocabularySize()).isPositive();
        }
    }

    @Test
    void close_twice_andEveryUseAfterIsRefused() {
        Model model = open();
        model.close();
        model.close();

        assertRefusesUse(model);
    }

    /** Asserts that every method of a closed model throws {@link IllegalStateException}. */
    static void assertRefusesUse(Model closed) {
        Request request = Request.of("anyone there?");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> closed.generate(request),
                () -> closed.generate(List.of(request)),
                () -> closed.stream(request, TokenListener.NONE),
                () -> closed.score(request, List.of("yes")),
                () -> closed.prepare(request),
                closed::info)) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
        }
    }

    /**
     * Asserts equal text, tokens, finish reason and decided label, and log-probabilities within the tolerance; the rest
     * may differ.
     */
    private void assertSame(Generation actual, Generation expected, String what) {
        assertThat(actual.text()).as("text, %s", what).isEqualTo(expected.text());
        assertThat(ids(actual.tokens())).as("tokens, %s", what).isEqualTo(ids(expected.tokens()));
        assertThat(actual.finishReason()).as("finish reason, %s", what).isEqualTo(expected.finishReason());
        assertThat(actual.decision().map(Decision::label))
                .as("decision, %s", what)
                .isEqualTo(expected.decision().map(Decision::label));
        for (int i = 0; i < expected.tokens().size(); i++) {
            double logProbability = expected.tokens().get(i).logProbability();
            if (Double.isNaN(logProbability)) {
                assertThat(actual.tokens().get(i).logProbability()).isNaN();
            } else {
                assertThat(actual.tokens().get(i).logProbability())
                        .as("token %d, %s", i, what)
                        .isCloseTo(logProbability, within(tolerance()));
            }
        }
    }

    /** Requests that differ in prompt, length, sampling, stop texts and constraint. */
    private List<Request> variety() {
        List<Request> requests = new ArrayList<>(greedy());
        requests.addAll(sampled());
        Request first = prompts().get(0);
        GenerationOptions options = GenerationOptions.defaults();
        requests.add(first.withConstraint(OutputConstraint.oneOf(choices())));
        requests.add(first.withOptions(options.withMaxTokens(1)));
        requests.add(first.withOptions(options.withMaxTokens(tokens()).withStop("e", " ")));
        requests.add(first.withOptions(options.withMaxTokens(tokens() / 2)
                .withTemperature(0.8)
                .withTopK(20)
                .withTopP(0.9)
                .withMinP(0.02)
                .withRepetitionPenalty(1.1)
                .withSeed(5)));
        return requests;
    }

    private List<Request> greedy() {
        return prompts().stream().map(this::greedy).toList();
    }

    private Request greedy(Request prompt) {
        return prompt.withOptions(
                GenerationOptions.defaults().withMaxTokens(tokens()).withLogProbabilities(true));
    }

    private List<Request> sampled() {
        return IntStream.range(0, prompts().size())
                .mapToObj(seed -> sample(prompts().get(seed), seed))
                .toList();
    }

    private Request sample(Request prompt, long seed) {
        return prompt.withOptions(greedy(prompt).options().withTemperature(1).withSeed(seed));
    }

    private void assumeWrites() {
        assumeTrue(writes(), "needs a model that writes answers of several tokens");
    }

    /**
     * The first prompt that the model answers with at least this many tokens and characters; any prompt where a model
     * does not write.
     */
    private Request longGreedy(Model model, int minimum) {
        if (!writes()) {
            return greedy().get(0);
        }
        return greedy().stream()
                .filter(request -> {
                    Generation answer = model.generate(request);
                    return answer.tokens().size() >= minimum && answer.text().length() >= minimum;
                })
                .findFirst()
                .orElseThrow(() -> new AssertionError("the contract needs a prompt that is answered with at least "
                        + minimum + " tokens of text; override prompts()"));
    }

    /** About half of an answer, cut between two tokens, that tokenises as it was generated. */
    private static Optional<String> tokenPrefix(Model model, Request request, Generation whole) {
        for (int count = (whole.tokens().size() + 1) / 2; count > 0; count--) {
            List<Token> tokens = whole.tokens().subList(0, count);
            String text = text(tokens);
            boolean clean = !text.isEmpty()
                    && !text.equals(whole.text())
                    && !Character.isWhitespace(text.charAt(text.length() - 1))
                    && !Character.isWhitespace(text.charAt(0));
            if (clean
                    && ids(model.score(request, List.of(text)).entries().get(0).tokens())
                            .equals(ids(tokens))) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }

    private static String text(List<Token> tokens) {
        return String.join("", tokens.stream().map(Token::text).toList());
    }

    private static List<Integer> ids(List<Token> tokens) {
        return tokens.stream().map(Token::id).toList();
    }
}
