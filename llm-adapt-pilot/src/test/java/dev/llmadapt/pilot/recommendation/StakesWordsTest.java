package dev.llmadapt.pilot.recommendation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StakesWordsTest {
    private static final Needs NEEDS = Needs.defaults().withPrices(new Prices(3.6, 0, 0));
    private static final Stakes STAKES =
            Stakes.none().withError(2).withPerson(1).withCurrency("EUR");

    @Test
    void of_noStakes_saysNothing() {
        assertThat(StakesWords.of(row(400), NEEDS)).isEmpty();
    }

    @Test
    void of_halfOfTheAnswersSure_namesTheirCosts() {
        // 10,000 requests: 10 for the machine, 0.30 to adapt, a quarter wrong at 2 each
        assertThat(StakesWords.of(row(400), NEEDS.withStakes(STAKES.withPrecision(0.95))))
                .hasValue("in all EUR 5,000 a month (4,200 to 5,900), of that errors 5,000; people alone EUR 10,000; "
                        + "EUR 5,000 where it answers the 50% that are surer than 0.60, at least 95% of them right, "
                        + "and a person the rest");
    }

    @Test
    void of_fewExamples_saysHowManyItTakes() {
        assertThat(StakesWords.of(row(60), NEEDS.withStakes(STAKES.withPrecision(0.9)))
                        .orElseThrow())
                .endsWith("no threshold is shown to make 90% of its own answers right, which takes 51 test examples at "
                        + "least");
    }

    @Test
    void of_noPrecisionAskedFor_givesAnExampleWhereThereIsOne() {
        assertThat(StakesWords.of(row(400), NEEDS.withStakes(STAKES)).orElseThrow())
                .endsWith("people alone EUR 10,000; for example EUR 5,000 where it answers the 50% that are surer than"
                        + " 0.60, at least 95% of them right, and a person the rest (--min-precision)");
        assertThat(StakesWords.of(row(60), NEEDS.withStakes(STAKES)).orElseThrow())
                .as("none that is shown to be right so often")
                .endsWith("people alone EUR 10,000");
    }

    @Test
    void recommend_stakes_areAReason() {
        Recommendation recommendation = Recommendation.of(List.of(row(400)), NEEDS.withStakes(STAKES));
        assertThat(recommendation.text())
                .contains("EUR 10 a month for 10000 requests", "- in all EUR 5,000 a month")
                .doesNotContain("e-0", "E-");
    }

    @Test
    void stakes_impossible_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> STAKES.withError(-1))
                .withMessageContaining("error: -1");
        assertThatIllegalArgumentException().isThrownBy(() -> STAKES.withHorizonMonths(0));
        assertThatIllegalArgumentException().isThrownBy(() -> STAKES.withPrecision(1));
    }

    /** The surer half is right, of the others each second one. */
    private static Measured row(int n) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            boolean right = i < n / 2 || i % 2 == 0;
            outcomes.add(Rows.outcome(i, "a", right ? "a" : "b", Optional.of(1 - 0.8 * i / n)));
        }
        return Rows.row(StrategyFamily.OTHER, outcomes);
    }
}
