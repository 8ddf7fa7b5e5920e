package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WalksTest {
    @Test
    void of_oneRow_readsEachBeginningOnce() {
        List<int[]> continuations = List.of(
                new int[] {1, 2, 3}, new int[] {1, 2, 4}, new int[] {1, 5, 6, 7}, new int[] {1, 2}, new int[] {8});
        List<List<Walks.Visit>> walks = Walks.of(continuations, 1);
        assertThat(walks).hasSize(1);
        assertThat(beginnings(walks)).containsExactly(List.of(1), List.of(1, 2), List.of(1, 5), List.of(1, 5, 6));
    }

    @Test
    void of_nothingToRead_hasNoWalks() {
        assertThat(Walks.of(List.of(new int[] {3}, new int[] {4}), 5)).isEmpty();
        assertThat(Walks.of(List.of(), 1)).isEmpty();
    }

    @Test
    void of_manyRows_isAsShortAsTheLongest() {
        List<int[]> continuations =
                List.of(new int[] {1, 2, 3, 4}, new int[] {5, 6}, new int[] {7, 8}, new int[] {9, 9});
        assertThat(Walks.of(continuations, 2).stream().map(List::size)).containsExactly(3, 3);
    }

    @Test
    void of_anyContinuations_visitsWhatIsNeededInAnOrderARowCanGo() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<int[]> continuations = new ArrayList<>();
            Set<List<Integer>> needed = new HashSet<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                int[] ids = random.ints(1 + random.nextInt(6), 0, 3).toArray();
                continuations.add(ids);
                for (int length = 1; length < ids.length; length++) {
                    needed.add(NextTokens.beginning(ids, length));
                }
            }
            int rows = 1 + random.nextInt(9);
            List<List<Walks.Visit>> walks = Walks.of(continuations, rows);
            assertThat(walks).as("rows, seed " + seed).hasSizeLessThanOrEqualTo(rows);
            assertThat(new HashSet<>(beginnings(walks)))
                    .as("beginnings, seed " + seed)
                    .isEqualTo(needed);
            for (List<Walks.Visit> walk : walks) {
                assertThat(walk).as("walk, seed " + seed).isNotEmpty();
                int[] held = {};
                for (Walks.Visit visit : walk) {
                    int[] before = Arrays.copyOf(visit.path(), visit.depth());
                    assertThat(Arrays.copyOf(held, visit.depth()))
                            .as("held, seed " + seed)
                            .isEqualTo(before);
                    held = Arrays.copyOf(visit.path(), visit.depth() + 1);
                }
            }
        }
    }

    private static List<List<Integer>> beginnings(List<List<Walks.Visit>> walks) {
        return walks.stream()
                .flatMap(List::stream)
                .map(visit -> NextTokens.beginning(visit.path(), visit.depth() + 1))
                .toList();
    }
}
