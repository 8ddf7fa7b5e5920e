package dev.llmadapt.peft.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NearIndexTest {
    private static final int[] NONE = {};

    @Test
    void estimate_ofRandomSets_isNearTheJaccardSimilarity() {
        double errors = 0;
        int pairs = 400;
        for (int seed = 0; seed < pairs; seed++) {
            int[][] sets = pair(new Random(seed));
            double exact = exact(sets[0], sets[1]);
            assertThat(Shingles.jaccard(sets[0], sets[1])).as("seed " + seed).isEqualTo(exact);
            double estimate = MinHash.estimate(MinHash.signature(sets[0], NONE), MinHash.signature(sets[1], NONE));
            // Five standard deviations of 128 draws with a probability of a half.
            assertThat(estimate).as("seed " + seed).isCloseTo(exact, within(5 * 0.5 / Math.sqrt(MinHash.PLACES)));
            errors += estimate - exact;
        }
        assertThat(errors / pairs).isCloseTo(0, within(0.01));
    }

    @Test
    void find_pairsAboveTheThreshold_areFoundAndNoneBelow() {
        for (double threshold : new double[] {0.3, 0.5, 0.8, 0.95, 1}) {
            int near = 0;
            int missed = 0;
            for (int seed = 0; seed < 2000; seed++) {
                int[][] sets = pair(new Random(seed));
                NearIndex index = new NearIndex(threshold, false);
                Shingles a = new Shingles("", sets[0], new int[] {1});
                Shingles b = new Shingles("", sets[1], new int[] {1});
                index.add(a, index.bands(a));
                boolean found = index.find(b, index.bands(b)) == 0;
                boolean alike = exact(sets[0], sets[1]) >= threshold;
                assertThat(found && !alike).as("seed " + seed).isFalse();
                near += alike ? 1 : 0;
                missed += alike && !found ? 1 : 0;
            }
            assertThat(near).as("pairs of " + threshold).isGreaterThan(20);
            assertThat(missed).as("missed of " + near + " at " + threshold).isLessThanOrEqualTo(1 + near / 100);
        }
    }

    @Test
    void find_otherAnswerOrSystemMessage_isNoDuplicate() {
        int[] prompt = Shingles.of("what is the capital of the country that has the longest coast");
        NearIndex index = new NearIndex(0.8, false);
        Shingles entry = new Shingles("s", prompt, Shingles.of("Canada"));
        index.add(entry, index.bands(entry));
        for (Shingles other : new Shingles[] {
            new Shingles("s", prompt, Shingles.of("Norway")), new Shingles("t", prompt, Shingles.of("Canada"))
        }) {
            assertThat(index.find(other, index.bands(other))).isEqualTo(-1);
        }
        assertThat(index.find(entry, index.bands(entry))).isZero();
    }

    @Test
    void shingles_caseSpacesAndPunctuation_areAside() {
        assertThat(Shingles.of("The  quick, brown FOX!")).isEqualTo(Shingles.of("the quick\nbrown fox"));
        assertThat(Shingles.of("a b c d")).hasSize(2).isNotEqualTo(Shingles.of("b c d a"));
        assertThat(Shingles.of("a b")).hasSize(1).isNotEqualTo(Shingles.of("a"));
        assertThat(Shingles.of("2 + 3 = 5")).isNotEqualTo(Shingles.of("2 - 3 = 5"));
        assertThat(Shingles.of("?!")).hasSize(1).isNotEqualTo(Shingles.of("!!"));
        assertThat(Shingles.of("\u4eca\u5929\u5929\u6c14\u5f88\u597d")).hasSize(4);
        assertThat(Shingles.of("\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35").length).isGreaterThan(1);
    }

    /** Two sets of up to 200 elements that share from none to all of them. */
    private static int[][] pair(Random random) {
        int size = 1 + random.nextInt(200);
        double change = random.nextInt(4) == 0 ? 0 : Math.pow(random.nextDouble(), 2);
        Set<Integer> a = new HashSet<>();
        Set<Integer> b = new HashSet<>();
        for (int i = 0; i < size; i++) {
            int element = random.nextInt();
            a.add(element);
            b.add(random.nextDouble() < change ? random.nextInt() : element);
        }
        return new int[][] {sorted(a), sorted(b)};
    }

    private static int[] sorted(Set<Integer> set) {
        return set.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    private static double exact(int[] a, int[] b) {
        Set<Integer> both = new HashSet<>(Arrays.stream(a).boxed().toList());
        Set<Integer> other = new HashSet<>(Arrays.stream(b).boxed().toList());
        Set<Integer> all = new HashSet<>(both);
        all.addAll(other);
        both.retainAll(other);
        return (double) both.size() / all.size();
    }
}
