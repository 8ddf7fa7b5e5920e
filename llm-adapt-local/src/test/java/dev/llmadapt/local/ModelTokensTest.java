package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OutputConstraint;
import dev.llmadapt.Request;
import dev.llmadapt.Token;
import dev.llmadapt.TokenListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Token ids in place of a text. */
class ModelTokensTest {
    private static final Request RAW = Request.of("hello world")
            .withRaw(true)
            .withOptions(GenerationOptions.defaults().withMaxTokens(8).withLogProbabilities(true));

    private static LocalModel open() {
        return LocalModel.open(
                Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
    }

    @Test
    void complete_tokensOfAText_answersAsToTheText() {
        try (LocalModel model = open()) {
            Generation expected = model.generate(RAW);
            List<Token> heard = new ArrayList<>();
            Generation answer = model.complete(model.promptTokens(RAW), RAW, heard::add);
            assertThat(answer.tokens()).isEqualTo(expected.tokens()).isEqualTo(heard);
            assertThat(answer.usage().promptTokens()).isEqualTo(expected.usage().promptTokens());
            assertThat(answer.usage().completionTokens())
                    .isEqualTo(expected.usage().completionTokens());
            Request choice = RAW.withConstraint(OutputConstraint.oneOf(List.of("yes", "no")));
            assertThat(model.complete(model.promptTokens(RAW), choice, TokenListener.NONE)
                            .text())
                    .isEqualTo(model.generate(choice).text());
        }
    }

    @Test
    void complete_tokensThatAreNoPrompt_areRefused() {
        try (LocalModel model = open()) {
            int[] ids = model.promptTokens(RAW);
            assertThatThrownBy(() -> model.complete(new int[0], RAW, TokenListener.NONE))
                    .hasMessageContaining("at least one token");
            assertThatThrownBy(() -> model.complete(new int[] {320}, RAW, TokenListener.NONE))
                    .hasMessageContaining("[0, 320)");
            assertThatThrownBy(() -> model.complete(ids, RAW.withRaw(false), TokenListener.NONE))
                    .hasMessageContaining("raw");
            assertThatThrownBy(() -> model.complete(ids, RAW.withAdapter("none"), TokenListener.NONE))
                    .hasMessageContaining("none");
            assertThatThrownBy(() -> model.scoreTokens(new int[300], RAW)).hasMessageContaining("256");
        }
    }

    @Test
    void scoreTokens_agreesWithScoresOfContinuations() {
        try (LocalModel model = open()) {
            for (String text : List.of(" and so", " and so it went on for a long while")) {
                int[] first = model.promptTokens(RAW);
                int[] rest = model.textTokens(text);
                int[] all = Arrays.copyOf(first, first.length + rest.length);
                System.arraycopy(rest, 0, all, first.length, rest.length);
                List<Token> tokens = model.scoreTokens(all, RAW);
                assertThat(tokens)
                        .extracting(Token::id)
                        .containsExactly(Arrays.stream(all).boxed().toArray(Integer[]::new));
                assertThat(tokens.get(0).logProbability()).isNaN();
                double sum = tokens.subList(first.length, all.length).stream()
                        .mapToDouble(Token::logProbability)
                        .sum();
                assertThat(sum)
                        .isCloseTo(
                                model.score(RAW, List.of(text)).entries().get(0).logProbability(), within(1e-3));
            }
            assertThat(model.scoreTokens(new int[] {5}, RAW))
                    .singleElement()
                    .satisfies(token -> assertThat(token.logProbability()).isNaN());
        }
    }

    @Test
    void text_isThatOfTheTokens() {
        try (LocalModel model = open()) {
            assertThat(model.text(model.textTokens("hello world"))).isEqualTo("hello world");
            assertThat(model.text(new int[0])).isEmpty();
            assertThatThrownBy(() -> model.text(new int[] {-1})).hasMessageContaining("-1");
        }
    }
}
