package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.JsonSchema;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokens of answers whose text a constraint leaves little choice about. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForcedAnswerTest {
    private static final List<String> CHOICES = List.of(
            "card lost in a foreign country",
            "card stolen",
            "not",
            "not sure at all",
            "vergessen: \u00e4\u20ac\uD83D\uDE00 f\u00fcr immer");
    private static final Request ASKED = Request.of("where is my card?");

    private final LocalModel model =
            LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));

    @AfterAll
    void close() {
        model.close();
    }

    private static GenerationOptions options(int seed, boolean logProbabilities) {
        return GenerationOptions.defaults()
                .withTemperature(seed == 0 ? 0 : 2)
                .withSeed(seed)
                .withCandidates(logProbabilities ? 2 : 0);
    }

    private static Request choosing(int seed, boolean logProbabilities) {
        return ASKED.withConstraint(OutputConstraint.oneOf(CHOICES)).withOptions(options(seed, logProbabilities));
    }

    private static List<Integer> ids(Generation answer) {
        return answer.tokens().stream().map(Token::id).toList();
    }

    private List<Integer> ids(String text) {
        return Arrays.stream(model.textTokens(text)).boxed().toList();
    }

    private static String text(List<Token> tokens) {
        return String.join("", tokens.stream().map(Token::text).toList());
    }

    private static String bytes(List<Token> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> token.bytes().forEach(bytes::write));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneOf_hasEveryTokenOfTheChoice(boolean logProbabilities) {
        List<String> chosen = new ArrayList<>();
        for (int seed = 0; seed < 24; seed++) {
            List<Token> heard = new ArrayList<>();
            Generation answer = model.stream(choosing(seed, logProbabilities), heard::add);

            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(CHOICES).contains(answer.text());
            assertThat(ids(answer)).as(answer.text()).isEqualTo(ids(answer.text()));
            assertThat(answer.usage().completionTokens())
                    .isEqualTo(answer.tokens().size());
            assertThat(heard).isEqualTo(answer.tokens());
            assertThat(text(heard)).isEqualTo(answer.text());
            assertThat(bytes(heard)).isEqualTo(answer.text());
            assertThat(heard.stream().filter(token -> !token.text().isEmpty()).count())
                    .as("texts of their own, %s", heard)
                    .isGreaterThan(heard.size() / 2);
            chosen.add(answer.text());
        }
        assertThat(chosen).as("of several tokens each").contains(CHOICES.get(0), CHOICES.get(3), CHOICES.get(4));
    }

    @Test
    void oneOf_logProbabilities_areTheModelsOwnOfEveryToken() {
        for (int seed = 0; seed < 12; seed++) {
            Generation answer = model.generate(choosing(seed, true));
            List<Token> scored =
                    model.score(ASKED, List.of(answer.text())).entries().get(0).tokens();
            for (int i = 0; i < scored.size(); i++) {
                Token token = answer.tokens().get(i);
                assertThat(token.logProbability())
                        .as("token %d of %s", i, answer.text())
                        .isCloseTo(scored.get(i).logProbability(), within(1e-4));
                assertThat(token.candidates()).hasSize(2);
                assertThat(token.candidates().get(0).logProbability()).isGreaterThanOrEqualTo(token.logProbability());
            }
            assertThat(ids(model.generate(choosing(seed, false))))
                    .as("the same answer as without")
                    .isEqualTo(ids(answer));
        }
        assertThat(model.generate(choosing(0, false)).tokens())
                .allSatisfy(token -> assertThat(token.logProbability()).isNaN());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneOf_maxTokens_boundsSampledAndForcedOnes(boolean logProbabilities) {
        for (String choice : List.of(CHOICES.get(0), CHOICES.get(4))) {
            List<Integer> whole = ids(choice);
            for (int most = 1; most <= whole.size(); most++) {
                Request request = ASKED.withConstraint(OutputConstraint.oneOf(List.of(choice)))
                        .withOptions(options(0, logProbabilities).withMaxTokens(most));
                List<Token> heard = new ArrayList<>();
                Generation answer = model.stream(request, heard::add);

                assertThat(ids(answer)).isEqualTo(whole.subList(0, most));
                assertThat(answer.finishReason())
                        .isEqualTo(most < whole.size() ? FinishReason.LENGTH : FinishReason.STOP);
                assertThat(choice).startsWith(answer.text());
                assertThat(answer.text().length())
                        .as("whole characters of %d tokens", most)
                        .isLessThanOrEqualTo(
                                model.text(model.textTokens(choice)).length());
                assertThat(text(heard)).isEqualTo(answer.text());
                assertThat(answer.usage().completionTokens()).isEqualTo(most);
            }
        }
    }

    @Test
    void oneOf_together_areAsAlone() {
        List<Request> requests = IntStream.range(0, 12)
                .mapToObj(seed -> choosing(seed, seed % 2 == 0))
                .toList();
        List<Generation> together = model.generate(requests);
        for (int i = 0; i < requests.size(); i++) {
            assertThat(together.get(i).tokens())
                    .isEqualTo(model.generate(requests.get(i)).tokens());
        }
    }

    static Stream<OutputConstraint> constraints() {
        JsonSchema.ObjectOf schema = JsonSchema.object(
                JsonSchema.property("customer_number", JsonSchema.oneOf("one", "two")),
                JsonSchema.property("paid", JsonSchema.Plain.BOOLEAN));
        return Stream.of(
                OutputConstraint.regex("customer number \\d{3} of 2026"),
                OutputConstraint.json(schema),
                OutputConstraint.grammar("root ::= \"the answer is \" (\"yes\" | \"no\") \", surely\""),
                new OutputConstraint.Triggered(
                        List.of("<person>"),
                        true,
                        true,
                        List.of(""),
                        List.of(OutputConstraint.Triggered.Tag.json("<person>", schema, "</person>")),
                        "",
                        false,
                        ""));
    }

    @ParameterizedTest
    @MethodSource("constraints")
    void constraint_hasEveryTokenWithItsLogProbability(OutputConstraint constraint) {
        for (int seed = 0; seed < 4; seed++) {
            Request request = ASKED.withConstraint(constraint).withOptions(options(seed, true));
            List<Token> heard = new ArrayList<>();
            Generation answer = model.stream(request, heard::add);
            int count = answer.tokens().size();

            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(count).isGreaterThan(8);
            assertThat(heard).isEqualTo(answer.tokens()).allSatisfy(token -> {
                assertThat(token.logProbability()).isNegative().isGreaterThan(-100);
                assertThat(token.text()).isNotEmpty();
                assertThat(token.candidates()).hasSize(2);
            });
            assertThat(text(heard)).isEqualTo(answer.text());
            assertThat(bytes(heard)).isEqualTo(answer.text());
            assertThat(answer.usage().completionTokens()).isEqualTo(count);

            Generation cut =
                    model.generate(request.withOptions(options(seed, true).withMaxTokens(count - 1)));
            assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(ids(cut)).isEqualTo(ids(answer).subList(0, count - 1));
            assertThat(ids(model.generate(request.withOptions(options(seed, false)))))
                    .isEqualTo(ids(answer));
        }
    }

    @Test
    void bytes_ofTokensThatArePartsOfACharacter_areTheirOwn() {
        Generation answer =
                model.generate(ASKED.withConstraint(OutputConstraint.regex("a(\u00e9|\u20ac|\uD83D\uDE00){3}b"))
                        .withOptions(options(0, true).withCandidates(20)));
        assertThat(bytes(answer.tokens())).isEqualTo(answer.text()).hasSizeGreaterThan(4);
        List<Token> parts = answer.tokens().stream()
                .filter(token -> !List.of("a", "b").contains(token.text()))
                .toList();
        assertThat(parts)
                .isNotEmpty()
                .allSatisfy(token -> assertThat(token.bytes()).hasSize(1));
        assertThat(parts).anySatisfy(token -> assertThat(token.text()).isEmpty());
        assertThat(parts).allSatisfy(token -> assertThat(token.bytes().get(0)).isGreaterThanOrEqualTo(0x80));
        List<Token.Candidate> broken = answer.tokens().stream()
                .flatMap(token -> token.candidates().stream())
                .filter(candidate -> candidate.text().endsWith("\uFFFD"))
                .toList();
        assertThat(broken).isNotEmpty().allSatisfy(candidate -> {
            assertThat(candidate.bytes()).isNotEqualTo(List.of(0xEF, 0xBF, 0xBD));
            assertThat(candidate.bytes()).hasSize(1);
        });
    }

    @Test
    void bytes_ofScoredTokens_areTheirOwn() {
        List<Token> tokens =
                model.score(ASKED, List.of("f\u00fcr \u20ac")).entries().get(0).tokens();
        assertThat(bytes(tokens)).isEqualTo("f\u00fcr \u20ac");
    }
}
