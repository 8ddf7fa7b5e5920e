package dev.llmadapt.pilot.recommendation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.pilot.recommendation.BreakEven.Kind;
import dev.llmadapt.pilot.recommendation.Needs.KnowledgeChange;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import dev.llmadapt.pilot.task.LabelPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TotalCostsTest {
    private static final Offset<Double> NEAR = within(1e-9);
    /** An hour costs 3.60, so a request of a second 0.001; 1,000 requests a month. */
    private static final Needs NEEDS = Needs.defaults()
            .withPrices(new Prices(3.6, 0, 0))
            .withRequestsPerMonth(1_000)
            .withStakes(Stakes.none().withError(2).withLabel(0.3).withPerson(1).withHorizonMonths(6));

    @Test
    void requireLabels_labelThatTheTaskDoesNotHave_isNamed() {
        Stakes stakes = Stakes.none().withErrors(Map.of(new LabelPair("retrun", "billing"), 5.0));
        assertThatThrownBy(() -> stakes.requireLabels(List.of("return", "billing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'retrun'")
                .hasMessageContaining("its labels: return, billing");
        assertThatThrownBy(() -> stakes.requireLabels(List.of())).hasMessageContaining("no labels");
        Stakes.none().withError(1).requireLabels(List.of());
        stakes.requireLabels(List.of("billing", "retrun"));
    }

    @Test
    void of_classifier_isTheSumByHand() {
        TotalCosts costs = TotalCosts.of(row(StrategyFamily.CLASSIFIER, 80, 20), NEEDS);
        assertThat(costs.machine()).isCloseTo(1, NEAR); // 1,000 x 0.001
        assertThat(costs.errors()).isCloseTo(400, NEAR); // 1,000 x 20 % x 2
        assertThat(costs.adaptation()).isCloseTo(0.6, NEAR); // 3.60 / 6
        assertThat(costs.labels()).isCloseTo(10, NEAR); // 200 x 0.30 / 6
        assertThat(costs.refresh()).isZero();
        assertThat(costs.person()).isZero();
        assertThat(costs.month()).isCloseTo(411.6, NEAR);
        Interval wilson = Interval.wilson(20, 100);
        assertThat(costs.range().low()).isCloseTo(11.6 + 2_000 * wilson.low(), NEAR);
        assertThat(costs.range().high()).isCloseTo(11.6 + 2_000 * wilson.high(), NEAR);
    }

    @Test
    void of_pricesOfTokens_areThoseOfHostedModelsAlone() {
        Needs priced = NEEDS.withPrices(new Prices(3.6, 500, 1_000));
        Measured local = row(StrategyFamily.PROMPTING, 80, 20);
        Measured hosted = local.withDetails(local.details().withHosted(true));
        assertThat(Costs.of(local, priced).perThousand()).as("a second each").isCloseTo(1, NEAR);
        assertThat(Costs.of(hosted, priced).perThousand())
                .as("10 tokens read and 1 written each")
                .isCloseTo(6, NEAR);
        assertThat(Costs.of(hosted, NEEDS).perThousand())
                .as("no price of tokens is known")
                .isCloseTo(1, NEAR);
    }

    @Test
    void of_knowledgeThatChanges_refreshesWhatLearnedOrIndexed() {
        Needs weekly = NEEDS.withKnowledge(KnowledgeChange.WEEKLY);
        for (StrategyFamily family : StrategyFamily.values()) {
            boolean prompted = Set.of(StrategyFamily.BASELINE, StrategyFamily.PROMPTING, StrategyFamily.OTHER)
                    .contains(family);
            assertThat(TotalCosts.of(row(family, 80, 20), weekly).refresh())
                    .as(family.title())
                    .isCloseTo(prompted ? 0 : 3.6 * 52 / 12, NEAR);
        }
    }

    @Test
    void of_pricesOfPairs_goBeforeTheOne() {
        List<Outcome> outcomes = List.of(
                Rows.outcome(1, "ham", "spam", Optional.empty()),
                Rows.outcome(2, "spam", "ham", Optional.empty()),
                Rows.outcome(3, "ham", "ham", Optional.empty()),
                Rows.outcome(4, "spam", "other", Optional.empty()));
        Stakes stakes = Stakes.none()
                .withError(2)
                .withErrors(Map.of(new LabelPair("ham", "spam"), 20.0, new LabelPair("spam", "ham"), 0.0));
        TotalCosts costs = TotalCosts.of(Rows.row(StrategyFamily.OTHER, outcomes), NEEDS.withStakes(stakes));
        assertThat(costs.errors()).isCloseTo(1_000 * (20 + 0 + 0 + 2) / 4.0, NEAR);
        assertThat(costs.errorsRange().low()).isBetween(0.0, costs.errors());
        assertThat(costs.errorsRange().high()).isBetween(costs.errors(), 20_000.0);
        assertThat(costs.errorRate()).isCloseTo(0.75, NEAR);
    }

    @Test
    void of_noStakes_isTheMachineAlone() {
        TotalCosts costs = TotalCosts.of(row(StrategyFamily.OTHER, 80, 20), NEEDS.withStakes(Stakes.none()));
        assertThat(costs.month()).isCloseTo(1 + 3.6 / 12, NEAR);
        assertThat(costs.range().high() - costs.range().low()).isZero();
    }

    @Test
    void requestsAgainst_people_isWhereBothCostAsMuch() {
        TotalCosts costs = TotalCosts.of(row(StrategyFamily.CLASSIFIER, 80, 20), NEEDS);
        TotalCosts people = TotalCosts.ofPeople(NEEDS);
        assertThat(people.month()).isEqualTo(1_000);
        // fixed 10.6; a request 0.401 against 1
        BreakEven even = costs.requestsAgainst(people);
        assertThat(even.kind()).isEqualTo(Kind.ABOVE);
        assertThat(even.at()).isCloseTo(10.6 / 0.599, NEAR);
        // an error may cost at most (1,000 - 11.6) / 200
        BreakEven price = costs.errorPriceAgainst(people);
        assertThat(price.kind()).isEqualTo(Kind.BELOW);
        assertThat(price.at()).isCloseTo(988.4 / 200, NEAR);
        assertThat(people.errorPriceAgainst(costs).kind()).isEqualTo(Kind.ABOVE);
    }

    @Test
    void against_anotherNumberOrPrice_saysWhatComputingAnewSays() {
        Measured a = row(StrategyFamily.CLASSIFIER, 90, 10);
        Measured b = row(StrategyFamily.PROMPTING, 70, 30);
        Needs free = NEEDS.withStakes(NEEDS.stakes().withLabel(500));
        BreakEven requests = TotalCosts.of(a, free)
                .requestsAgainst(TotalCosts.of(b, free.withStakes(free.stakes().withLabel(0))));
        for (long n : new long[] {1, 100, 10_000, 10_000_000}) {
            Needs other = free.withRequestsPerMonth(n);
            double mine = TotalCosts.of(a, other).month();
            double theirs = TotalCosts.of(b, other.withStakes(other.stakes().withLabel(0)))
                    .month();
            assertThat(requests.cheaperAt((double) n)).as(n + " requests").isEqualTo(mine < theirs);
        }
    }

    @Test
    void of_abstention_sendsTheRestToAPerson() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 10; i++) { // the surer half is right but for one
            outcomes.add(Rows.outcome(i, "a", i < 4 || i == 9 ? "a" : "b", Optional.of(i < 5 ? 0.9 : 0.4)));
        }
        Abstention.Point point = new Abstention.Point(0.4, 5, 4, 0.5);
        TotalCosts costs = TotalCosts.of(Rows.row(StrategyFamily.OTHER, outcomes), NEEDS, point);
        assertThat(costs.person()).isCloseTo(500, NEAR);
        assertThat(costs.errors()).isCloseTo(1_000 * 0.1 * 2, NEAR);
        assertThat(costs.errorRate()).isCloseTo(0.1, NEAR);
    }

    private static Measured row(StrategyFamily family, int right, int wrong) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < right + wrong; i++) {
            outcomes.add(Rows.outcome(i, "a", i < right ? "a" : "b", Optional.empty()));
        }
        return Rows.row(family, outcomes);
    }
}
