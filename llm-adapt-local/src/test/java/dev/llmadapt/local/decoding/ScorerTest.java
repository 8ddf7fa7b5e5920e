package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.DecoderSession;
import dev.llmadapt.local.runtime.Logits;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Scores against the logits of each text read on its own. */
class ScorerTest {
    private static final int[] PROMPT = {5, 9, 17, 3, 8, 21, 40, 2, 11};
    private static final List<int[]> CONTINUATIONS = List.of(
            new int[] {7, 12, 30},
            new int[] {7, 12, 31, 4},
            new int[] {7},
            new int[] {6, 6, 6, 6, 6, 6, 6, 6},
            new int[] {7, 12},
            new int[] {6, 6, 6, 6, 6, 6, 6, 6, 19, 20, 21, 22},
            new int[] {50, 1},
            new int[] {50, 2, 3},
            new int[] {7, 12, 30});

    @Test
    void score_shortAndLong_areThoseOfEachTextAlone() {
        try (Scheduler scheduler = new Scheduler(open(), Admission.of(4))) {
            List<double[]> scores = scheduler.score(PROMPT, AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
            for (int i = 0; i < scores.size(); i++) {
                double[] expected = alone(CONTINUATIONS.get(i));
                assertThat(scores.get(i)).as("continuation " + i).hasSameSizeAs(expected);
                for (int place = 0; place < expected.length; place++) {
                    assertThat(scores.get(i)[place])
                            .as("continuation " + i + ", token " + place)
                            .isCloseTo(expected[place], within(1e-4));
                }
            }
        }
    }

    @Test
    void score_anyNumberOfSlotsAndAnyPromptBefore_isTheSameToTheBit() {
        List<double[]> expected;
        try (Scheduler scheduler = new Scheduler(open(), Admission.of(1))) {
            expected = scheduler.score(PROMPT, AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
        }
        int[] other = PROMPT.clone();
        other[5] = 33;
        for (int slots : new int[] {2, 3, 8}) {
            try (Scheduler scheduler = new Scheduler(open(), Admission.of(slots))) {
                scheduler.score(other, AdapterMix.NONE, CONTINUATIONS.subList(0, 4), RequestTime.UNLIMITED);
                scheduler.score(Arrays.copyOf(PROMPT, 6), AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
                List<double[]> scores = scheduler.score(PROMPT, AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(scores.get(i))
                            .as(slots + " slots, continuation " + i)
                            .isEqualTo(expected.get(i));
                }
            }
        }
    }

    @Test
    void score_inATree_isAsInSteps() {
        List<int[]> many = many(150);
        try (Scheduler trees = new Scheduler(open(), Admission.of(4));
                Scheduler steps = new Scheduler(new CappedSession(open(), Long.MAX_VALUE), Admission.of(4))) {
            List<double[]> scores = trees.score(PROMPT, AdapterMix.NONE, many, RequestTime.UNLIMITED);
            List<double[]> expected = steps.score(PROMPT, AdapterMix.NONE, many, RequestTime.UNLIMITED);
            for (int i = 0; i < many.size(); i++) {
                assertThat(scores.get(i)).as("continuation " + i).containsExactly(expected.get(i), within(1e-4));
            }
        }
    }

    @Test
    void score_manyOrOneOrASingleToken_isTheSameToTheBit() {
        List<int[]> many = many(150); // more than one tree
        try (Scheduler scheduler = new Scheduler(open(), Admission.of(2))) {
            List<double[]> scores = scheduler.score(PROMPT, AdapterMix.NONE, many, RequestTime.UNLIMITED);
            for (int i = 0; i < many.size(); i += 7) {
                assertThat(scheduler
                                .score(PROMPT, AdapterMix.NONE, List.of(many.get(i)), RequestTime.UNLIMITED)
                                .get(0))
                        .as("continuation " + i)
                        .isEqualTo(scores.get(i));
                int[] first = {many.get(i)[0]};
                assertThat(scheduler
                                .score(PROMPT, AdapterMix.NONE, List.of(first), RequestTime.UNLIMITED)
                                .get(0))
                        .as("the first token of " + i)
                        .containsExactly(scores.get(i)[0]);
            }
        }
    }

    @Test
    void score_promptOfOneToken_isThatOfEachTextAlone() {
        int[] prompt = {5};
        try (Scheduler trees = new Scheduler(open(), Admission.of(4));
                Scheduler steps = new Scheduler(new CappedSession(open(), Long.MAX_VALUE), Admission.of(4))) {
            List<double[]> scores = trees.score(prompt, AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
            List<double[]> expected = steps.score(prompt, AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
            for (int i = 0; i < scores.size(); i++) {
                assertThat(scores.get(i)).isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void score_tokensOfThePrompt_areThoseOfTheText() {
        int[] prompt = IntStream.range(0, 90).map(i -> 3 + i * 7 % 50).toArray(); // more than one piece
        double[] expected = new double[prompt.length];
        try (DecoderSession session = open(128)) {
            session.reserve(1, 128);
            Logits logits = session.read(0, prompt, 0, prompt.length, 0);
            float[] row = new float[session.vocabularySize()];
            for (int i = 1; i < prompt.length; i++) {
                logits.get((i - 1) * row.length, row);
                expected[i] = row[prompt[i]] - LogSoftmax.normalizer(row);
            }
        }
        try (Scheduler trees = new Scheduler(open(128), Admission.of(2));
                Scheduler steps = new Scheduler(new CappedSession(open(128), Long.MAX_VALUE), Admission.of(2))) {
            for (Scheduler scheduler : List.of(trees, steps)) {
                List<double[]> plain = scheduler.score(prompt, AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
                for (int first : new int[] {1, 2, 65, 88, 89, 90}) { // the row may hold all of it
                    Scorer.Scored scored =
                            scheduler.score(prompt, first, AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
                    assertThat(scored.prompt())
                            .as("from " + first)
                            .containsExactly(Arrays.copyOfRange(expected, first, prompt.length), within(1e-4));
                    for (int i = 0; i < plain.size(); i++) {
                        assertThat(scored.continuations().get(i))
                                .as("from " + first + ", continuation " + i)
                                .isEqualTo(plain.get(i));
                    }
                }
            }
        }
    }

    @Test
    void groups_areOfTextsThatBeginAlike() {
        int[] a = {1, 2, 3, 4, 5};
        int[] b = {1, 2, 3, 4, 6, 7};
        int[] c = {9, 2, 3, 4};
        int[] d = {1, 8, 8, 8, 8};
        assertThat(TextGroup.of(List.of(b, c, a, d, new int[] {1}), 1))
                .extracting(TextGroup::shared, group -> group.texts().size())
                .containsExactly(tuple(4, 2), tuple(4, 1), tuple(3, 1));
        assertThat(TextGroup.of(List.of(b, a, a), 3))
                .as("from a place on: its tokens are continuations")
                .extracting(TextGroup::shared, group -> group.texts().size())
                .containsExactly(tuple(3, 3));
        int[] longer = Arrays.copyOf(a, 200);
        int[] other = longer.clone();
        other[199] = 7;
        assertThat(TextGroup.of(List.of(longer, other), 2))
                .as("much more is shared")
                .extracting(TextGroup::shared)
                .containsExactly(199);
        assertThat(TextGroup.of(List.of(a), 5)).as("nothing is scored").isEmpty();
    }

    private static List<int[]> many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> IntStream.range(0, 2 + i % 7)
                        .map(place -> 3 + (place < 2 ? i / 9 + place : i * 5 + place * 11) % 50)
                        .toArray())
                .toList();
    }

    private static DecoderSession open() {
        return open(64);
    }

    private static DecoderSession open(int context) {
        try (Checkpoint checkpoint = Checkpoint.open(Golden.folder("tiny-llama"))) {
            return DecoderSession.open(
                    Architecture.of(checkpoint).graph(checkpoint, Precision.FP32, context, AdapterInputs.NONE), 1);
        }
    }

    private static double[] alone(int[] continuation) {
        int[] text = Arrays.copyOf(PROMPT, PROMPT.length + continuation.length);
        System.arraycopy(continuation, 0, text, PROMPT.length, continuation.length);
        try (DecoderSession session = open()) {
            session.reserve(1, 64);
            Logits logits = session.read(0, text, 0, text.length, PROMPT.length - 1);
            double[] expected = new double[continuation.length];
            float[] row = new float[session.vocabularySize()];
            for (int i = 0; i < expected.length; i++) {
                logits.get(i * row.length, row);
                expected[i] = row[continuation[i]] - LogSoftmax.normalizer(row);
            }
            return expected;
        }
    }
}
