package dev.llmadapt.pilot.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.pilot.recommendation.BreakEven.Kind;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BreakEvenTest {
    @Test
    void of_linesThatCross_isTheCrossing() {
        // 10 + 1 x against 2 x: equal at 10
        assertThat(BreakEven.of(10, 1, 0, 2)).isEqualTo(new BreakEven(Kind.ABOVE, 10));
        assertThat(BreakEven.of(0, 2, 10, 1)).isEqualTo(new BreakEven(Kind.BELOW, 10));
        assertThat(BreakEven.of(1, 1, 2, 1).kind()).isEqualTo(Kind.ALWAYS);
        assertThat(BreakEven.of(2, 2, 1, 1).kind()).isEqualTo(Kind.NEVER);
        assertThat(BreakEven.of(1, 1, 1, 1).kind()).isEqualTo(Kind.NEVER);
        assertThat(BreakEven.of(1200, 1, 0, 2).text()).isEqualTo("above 1,200");
    }

    @Test
    void cheaperAt_anyLines_agreesWithTheirCosts() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 10_000; i++) {
            double[] c = random.ints(4, 0, 5).asDoubleStream().toArray();
            BreakEven even = BreakEven.of(c[0], c[1], c[2], c[3]);
            double amount = 0.01 + 10 * random.nextDouble();
            double difference = c[0] + c[1] * amount - c[2] - c[3] * amount;
            if (Math.abs(difference) > 1e-9) {
                assertThat(even.cheaperAt(amount)).as("%s at %s", even, amount).isEqualTo(difference < 0);
            }
        }
    }
}
