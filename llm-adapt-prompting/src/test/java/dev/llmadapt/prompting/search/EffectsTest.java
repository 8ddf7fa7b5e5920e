package dev.llmadapt.prompting.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Example;
import dev.llmadapt.prompting.search.SearchOptions.Objective;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EffectsTest {
    private static final int SHOTS = 4;
    private static final int EXAMPLES = 30;

    private final List<Example> shown = IntStream.range(0, 24)
            .mapToObj(i -> new Example("d" + i, "in " + i, "out"))
            .toList();

    /** A candidate whose examples gain the sum of its demonstrations' effects, with noise. */
    private static Candidate candidate(int number, List<Example> set, double[] effects, int scored, Random random) {
        int[] gold = new int[EXAMPLES];
        Arrays.fill(gold, -1);
        Candidate candidate = new Candidate(number, new Prompt("i", set), Origin.RANDOM_SET, 0, gold, Objective.SUM);
        double sum = 0;
        for (Example each : set) {
            sum += effects[Integer.parseInt(each.id().substring(1))];
        }
        for (int i = 0; i < scored; i++) {
            candidate.add(i, new double[] {-3 + sum + 0.2 * random.nextGaussian()});
        }
        return candidate;
    }

    @Test
    void learn_additiveEffects_areToldFromRejectedCandidatesToo() {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            double[] effects = random.doubles(24, -0.2, 0.2).toArray();
            List<Candidate> candidates = new ArrayList<>();
            List<Example> drawn = new ArrayList<>(shown);
            for (int number = 1; number <= 60; number++) {
                Collections.shuffle(drawn, random);
                List<Example> set = List.copyOf(drawn.subList(0, SHOTS));
                candidates.add(candidate(number, set, effects, number == 1 ? EXAMPLES : 6, random));
            }

            Effects learned = Effects.learn(candidates.get(0), candidates, SHOTS);

            double agreement = 0;
            double squares = 0;
            double learnedSquares = 0;
            double centre = Arrays.stream(effects).average().orElseThrow();
            for (int i = 0; i < effects.length; i++) {
                double[] effect = learned.of(shown.get(i));
                assertThat(effect[1]).isPositive().isLessThan(0.5);
                agreement += effect[0] * (effects[i] - centre);
                squares += (effects[i] - centre) * (effects[i] - centre);
                learnedSquares += effect[0] * effect[0];
            }
            assertThat(agreement / Math.sqrt(squares * learnedSquares))
                    .as("cosine of learned and true effects, seed %d", seed)
                    .isGreaterThan(0.75);
        }
    }

    @Test
    void learn_moreScores_areSurer() {
        Random random = new Random(3);
        double[] effects = random.doubles(24, -0.2, 0.2).toArray();
        List<Candidate> candidates = new ArrayList<>();
        List<Example> drawn = new ArrayList<>(shown.subList(0, 20));
        for (int number = 1; number <= 40; number++) {
            Collections.shuffle(drawn, random);
            candidates.add(candidate(number, List.copyOf(drawn.subList(0, SHOTS)), effects, EXAMPLES, random));
        }

        double few = Effects.learn(candidates.get(0), candidates.subList(0, 8), SHOTS)
                .of(candidates.get(1).prompt.demonstrations().get(0))[1];
        Effects all = Effects.learn(candidates.get(0), candidates, SHOTS);

        assertThat(all.of(candidates.get(1).prompt.demonstrations().get(0))[1]).isLessThan(few);
        assertThat(all.of(shown.get(22))[0]).as("one that was never shown").isZero();
    }

    @Test
    void learn_candidatesAllAlike_haveNoEffects() {
        int[] gold = new int[EXAMPLES];
        Arrays.fill(gold, -1);
        List<Candidate> candidates = new ArrayList<>();
        for (int number = 1; number <= 5; number++) {
            Prompt prompt = new Prompt("i", shown.subList(number, number + SHOTS));
            Candidate candidate = new Candidate(number, prompt, Origin.RANDOM_SET, 0, gold, Objective.SUM);
            IntStream.range(0, EXAMPLES).forEach(i -> candidate.add(i, new double[] {-1}));
            candidates.add(candidate);
        }

        Effects effects = Effects.learn(candidates.get(0), candidates, SHOTS);

        assertThat(effects.of(shown.get(3))[0]).isZero();
        assertThat(effects.of(shown.get(3))[1]).isFinite();
        assertThat(effects.worth(candidates.get(3))).isZero();
    }

    @Test
    void learn_fewerThanTwoCandidates_knowsNothing() {
        Random random = new Random(3);
        Candidate one = candidate(1, shown.subList(0, 4), new double[24], EXAMPLES, random);

        assertThat(Effects.learn(one, List.of(one), SHOTS).of(shown.get(0))[0]).isZero();
    }

    @Test
    void gains_calibrated_takeAwayWhatALabelAlwaysHas() {
        List<double[]> rows = List.of(new double[] {0, 5}, new double[] {1, 5}, new double[] {0, 6});
        int[] gold = {1, 0, 1};

        Gains sum = Gains.of(rows, gold, Objective.SUM);
        Gains calibrated = Gains.of(rows, gold, Objective.CALIBRATED);

        assertThat(sum.answered()).containsExactly(1, 1, 1);
        assertThat(sum.values()[0]).isEqualTo(-Math.log1p(Math.exp(-5)), within(1e-12));
        assertThat(calibrated.answered()[1]).isZero();
        assertThat(calibrated.mean()).isGreaterThan(-0.8);
    }
}
