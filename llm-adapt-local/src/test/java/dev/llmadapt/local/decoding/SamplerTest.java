package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.GenerationOptions;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final GenerationOptions SAMPLED =
            GenerationOptions.defaults().withTemperature(1);
    /** Probabilities 0.4, 0.3, 0.2, 0.1 in another order. */
    private static final float[] LOGITS = {
        (float) Math.log(.2), (float) Math.log(.4), (float) Math.log(.1), (float) Math.log(.3)
    };

    @Test
    void largest_anyPlace_isThatOfTheSortedValues() {
        Random random = new Random(3);
        for (int trial = 0; trial < 500; trial++) {
            double[] values = random.doubles(1 + random.nextInt(60))
                    .map(value -> Math.floor(value * 20)) // with equal ones
                    .toArray();
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            for (int k = 1; k <= values.length; k++) {
                assertThat(Sampler.largest(values, k)).isEqualTo(sorted[values.length - k]);
            }
        }
    }

    @Test
    void choose_temperatureOne_followsTheProbabilities() {
        Map<Integer, Double> shares = shares(SAMPLED);
        assertThat(shares.get(1)).isCloseTo(.4, within(.02));
        assertThat(shares.get(3)).isCloseTo(.3, within(.02));
        assertThat(shares.get(0)).isCloseTo(.2, within(.02));
        assertThat(shares.get(2)).isCloseTo(.1, within(.02));
    }

    @Test
    void choose_lowTemperature_sharpens() {
        // squares: .16 + .09 + .04 + .01 = .3
        assertThat(shares(SAMPLED.withTemperature(.5)).get(1)).isCloseTo(.16 / .3, within(.02));
    }

    @Test
    void choose_topK_keepsTheMostLikely() {
        assertThat(shares(SAMPLED.withTopK(2)).keySet()).isEqualTo(new TreeSet<>(Set.of(1, 3)));
    }

    @Test
    void choose_topP_keepsTheSmallestHeadThatReachesIt() {
        assertThat(shares(SAMPLED.withTopP(.65)).keySet()).isEqualTo(new TreeSet<>(Set.of(1, 3)));
        assertThat(shares(SAMPLED.withTopP(.75)).keySet()).isEqualTo(new TreeSet<>(Set.of(0, 1, 3)));
        assertThat(shares(SAMPLED.withTopP(1e-9)).keySet()).isEqualTo(Set.of(1));
    }

    @Test
    void choose_topPAfterTopK_isOfWhatTopKKept() {
        // of .4 and .3, the first is .57
        assertThat(shares(SAMPLED.withTopK(2).withTopP(.5)).keySet()).isEqualTo(Set.of(1));
    }

    @Test
    void choose_minP_keepsTokensNearTheLargest() {
        assertThat(shares(SAMPLED.withMinP(.6)).keySet()).isEqualTo(new TreeSet<>(Set.of(1, 3)));
    }

    @Test
    void choose_greedyTie_takesTheLowestId() {
        assertThat(new Sampler(GenerationOptions.defaults(), Set.of(), new int[0]).choose(new float[] {1, 2, 2}))
                .isEqualTo(1);
    }

    @Test
    void choose_repetitionPenalty_dividesPositiveAndMultipliesNegative() {
        GenerationOptions options = GenerationOptions.defaults().withRepetitionPenalty(2);
        assertThat(new Sampler(options, Set.of(), new int[] {0}).choose(new float[] {3, 2, -1}))
                .isEqualTo(1);
        assertThat(new Sampler(options, Set.of(), new int[] {1}).choose(new float[] {-3, -1, -1.5f}))
                .isEqualTo(2);
    }

    @Test
    void choose_endToken_ends() {
        assertThat(new Sampler(GenerationOptions.defaults(), Set.of(1), new int[0]).choose(new float[] {0, 5}))
                .isEqualTo(Chooser.END);
    }

    @Test
    void choose_prefilteredNucleus_isTheWholeSortsNucleus() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            float[] logits = new float[300];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) random.nextGaussian() * 3;
            }
            double p = random.nextDouble() * .98 + .01;
            Set<Integer> nucleus = nucleus(logits, p);
            for (int seed = 0; seed < 20; seed++) {
                int id = new Sampler(SAMPLED.withTopP(p).withSeed(seed), Set.of(), new int[0]).choose(logits.clone());
                assertThat(nucleus)
                        .as("round %d, p %s, seed %d", round, p, seed)
                        .contains(id);
            }
        }
    }

    private static Set<Integer> nucleus(float[] logits, double p) {
        double normalizer = LogSoftmax.normalizer(logits);
        TreeSet<Integer> kept = new TreeSet<>();
        double reached = 0;
        while (reached < p - 1e-9) {
            int best = -1;
            for (int i = 0; i < logits.length; i++) {
                if (!kept.contains(i) && (best < 0 || logits[i] > logits[best])) {
                    best = i;
                }
            }
            kept.add(best);
            reached += Math.exp(logits[best] - normalizer);
        }
        return kept;
    }

    private static Map<Integer, Double> shares(GenerationOptions options) {
        Sampler sampler = new Sampler(options.withSeed(3), Set.of(), new int[0]);
        TreeMap<Integer, Double> shares = new TreeMap<>();
        int draws = 20_000;
        for (int i = 0; i < draws; i++) {
            shares.merge(sampler.choose(LOGITS.clone()), 1.0 / draws, Double::sum);
        }
        return shares;
    }
}
