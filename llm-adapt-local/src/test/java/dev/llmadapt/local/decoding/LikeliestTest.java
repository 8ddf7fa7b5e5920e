package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LikeliestTest {
    @Test
    void of_isTheBeginningOfAllTokensInOrder() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            float[] logits = new float[1 + random.nextInt(40)];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = random.nextInt(8); // with ties
            }
            int count = random.nextInt(logits.length + 3);
            List<Integer> expected = IntStream.range(0, logits.length)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(id -> -logits[id])
                            .thenComparing(id -> id))
                    .limit(count)
                    .toList();

            List<Likeliest.Entry> found = Likeliest.of(logits, count, 2.5);

            assertThat(found).extracting(Likeliest.Entry::id).isEqualTo(expected);
            assertThat(found)
                    .allSatisfy(each -> assertThat(each.logProbability()).isEqualTo(logits[each.id()] - 2.5));
        }
    }
}
