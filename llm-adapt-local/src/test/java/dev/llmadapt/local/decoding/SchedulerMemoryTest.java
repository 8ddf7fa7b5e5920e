package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.InferenceException;
import dev.llmadapt.Precision;
import dev.llmadapt.local.LongContext;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.DecoderSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers and scorings that share little memory. */
class SchedulerMemoryTest {
    private static final int VOCABULARY = 99;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        LongContext.in(folder);
    }

    private CappedSession session(int tokens) {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            DecoderSession session = DecoderSession.open(
                    Architecture.of(checkpoint)
                            .graph(checkpoint, Precision.FP32, LongContext.TOKENS, AdapterInputs.NONE),
                    1);
            return new CappedSession(session, (long) tokens * LongContext.TOKEN_BYTES + 8 * 4 * VOCABULARY);
        }
    }

    private static int[] prompt(int length, int seed) {
        return new Random(seed).ints(length, 3, VOCABULARY).toArray();
    }

    /** The sampler never ends an answer. */
    private static Sequence start(Scheduler scheduler, int[] prompt, int maxTokens) {
        Chooser greedy = new Sampler(GenerationOptions.defaults(), Set.of(), prompt);
        return scheduler.start(prompt, AdapterMix.NONE, maxTokens, greedy, Report.NONE, RequestTime.UNLIMITED);
    }

    private static List<Integer> rest(Scheduler scheduler, Sequence sequence) {
        try {
            List<Integer> ids = new ArrayList<>();
            while (true) {
                Sequence.Step step = scheduler.next(sequence);
                ids.add(step.id());
                if (step.end() != Sequence.End.NONE) {
                    return ids;
                }
            }
        } finally {
            scheduler.end(sequence);
        }
    }

    private List<Integer> alone(int[] prompt, int maxTokens) {
        try (Scheduler scheduler = new Scheduler(session(LongContext.TOKENS), Admission.of(1))) {
            return rest(scheduler, start(scheduler, prompt, maxTokens));
        }
    }

    @Test
    void turn_noMemoryToGrow_failsThatAnswerAndNoOther() {
        List<Integer> expected = alone(prompt(20, 1), 30);
        CappedSession session = session(4000);
        try (Scheduler scheduler = new Scheduler(session, Admission.of(4))) {
            Sequence first = start(scheduler, prompt(20, 1), 30);
            List<Integer> ids = new ArrayList<>(List.of(scheduler.next(first).id()));
            session.failing = true;
            Sequence second = start(scheduler, prompt(20, 2), 900);
            assertThatThrownBy(() -> scheduler.next(second)).isInstanceOf(InferenceException.class);
            scheduler.end(second);
            assertThatThrownBy(() -> scheduler.score(
                            prompt(600, 3), AdapterMix.NONE, List.of(new int[] {5}), RequestTime.UNLIMITED))
                    .isInstanceOf(InferenceException.class);
            Sequence third = start(scheduler, prompt(20, 3), 30); // has room, but cannot be read
            assertThatThrownBy(() -> scheduler.next(third)).isInstanceOf(InferenceException.class);
            scheduler.end(third);
            ids.addAll(rest(scheduler, first));
            assertThat(ids).isEqualTo(expected);
            session.failing = false;
            assertThat(rest(scheduler, start(scheduler, prompt(20, 2), 40))).isEqualTo(alone(prompt(20, 2), 40));
        }
    }

    @Test
    void start_longAfterShort_isNotPassedByLaterOnes() {
        try (Scheduler scheduler = new Scheduler(session(930), Admission.of(8))) {
            Sequence small = start(scheduler, prompt(10, 1), 200);
            scheduler.next(small);
            Sequence large = start(scheduler, prompt(10, 2), 900);
            Sequence later = start(scheduler, prompt(10, 3), 50); // would fit beside the first
            for (int i = 0; i < 20; i++) {
                scheduler.next(small);
            }
            assertThat(large.begun()).isFalse();
            assertThat(later.begun()).isFalse();
            scheduler.end(small);
            scheduler.next(large);
            assertThat(later.begun()).isFalse();
            scheduler.end(large);
            assertThat(rest(scheduler, later)).isEqualTo(alone(prompt(10, 3), 50));
        }
    }

    @Test
    void start_shortBesideLong_runTogetherWhereTheirSumFits() {
        try (Scheduler scheduler = new Scheduler(session(1000), Admission.of(8))) {
            Sequence large = start(scheduler, prompt(600, 1), 100);
            List<Sequence> small = new ArrayList<>();
            for (int i = 0; i < 5; i++) { // six of 700 tokens would be 4,200
                small.add(start(scheduler, prompt(20, 2 + i), 30));
            }
            List<Integer> first = new ArrayList<>(List.of(scheduler.next(large).id()));
            assertThat(small).allMatch(Sequence::begun);
            for (int i = 0; i < 5; i++) {
                assertThat(rest(scheduler, small.get(i))).isEqualTo(alone(prompt(20, 2 + i), 30));
            }
            first.addAll(rest(scheduler, large));
            assertThat(first).isEqualTo(alone(prompt(600, 1), 100));
        }
    }

    @Test
    void start_rowHeldALongPrompt_givesItsMemoryToOthers() {
        CappedSession session = session(1000);
        try (Scheduler scheduler = new Scheduler(session, Admission.of(8))) {
            rest(scheduler, start(scheduler, prompt(800, 1), 100));
            List<Sequence> small = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                small.add(start(scheduler, prompt(20, 2 + i), 100));
            }
            scheduler.next(small.get(0));
            assertThat(small).allMatch(Sequence::begun);
            small.forEach(scheduler::end);
        }
    }

    @Test
    void next_loneAnswerInALaterRow_stepsThatRowAlone() {
        CappedSession session = session(4000);
        try (Scheduler scheduler = new Scheduler(session, Admission.of(4))) {
            List<Sequence> together = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                together.add(start(scheduler, prompt(200, 1 + i), 2));
            }
            together.forEach(each -> rest(scheduler, each));
            session.stepped.set(0);
            session.read.set(0);
            rest(scheduler, start(scheduler, prompt(200, 4), 30)); // which the last row has read
            assertThat(session.read.get()).isEqualTo(2);
            assertThat(session.stepped.get()).isEqualTo(29);
        }
    }

    @Test
    void start_promptThatAnotherRowHasRead_copiesItAndAnswersAsAlone() {
        CappedSession session = session(4000);
        int[] one = prompt(300, 1);
        int[] other = one.clone();
        other[250] = one[250] == 5 ? 6 : 5;
        try (Scheduler scheduler = new Scheduler(session, Admission.of(4))) {
            Sequence first = start(scheduler, one, 40);
            List<Integer> ids = new ArrayList<>(List.of(scheduler.next(first).id()));
            Sequence second = start(scheduler, other, 40);
            assertThat(rest(scheduler, second)).isEqualTo(alone(other, 40));
            assertThat(session.read.get()).isEqualTo(300 + 50);
            ids.addAll(rest(scheduler, first));
            assertThat(ids).isEqualTo(alone(one, 40));
        }
    }

    @Test
    void answers_ofAnyLengths_stayWithinTheMemoryAndAreAsAlone() throws Exception {
        Random random = new Random(11);
        List<int[]> prompts = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        List<List<Integer>> expected = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int[] prompt = prompt(2 + random.nextInt(i % 3 == 0 ? 500 : 40), i / 2); // some begin alike
            int most = 1 + random.nextInt(i % 5 == 0 ? 300 : 40);
            prompts.add(prompt);
            lengths.add(most);
            expected.add(alone(prompt, most));
        }
        List<double[]> scores;
        List<int[]> continuations = List.of(new int[] {5}, new int[] {5, 6, 7}, prompt(12, 99));
        try (Scheduler scheduler = new Scheduler(session(LongContext.TOKENS), Admission.of(1))) {
            scores = scheduler.score(prompts.get(0), AdapterMix.NONE, continuations, RequestTime.UNLIMITED);
        }
        CappedSession session = session(900);
        ExecutorService callers = Executors.newFixedThreadPool(6);
        try (Scheduler scheduler = new Scheduler(session, Admission.of(5))) {
            List<Future<?>> asked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int which = random.nextInt(prompts.size());
                asked.add(callers.submit(() -> {
                    if (which % 4 == 0) {
                        List<double[]> found =
                                scheduler.score(prompts.get(0), AdapterMix.NONE, continuations, RequestTime.UNLIMITED);
                        for (int k = 0; k < found.size(); k++) {
                            assertThat(found.get(k)).isEqualTo(scores.get(k));
                        }
                    }
                    assertThat(rest(scheduler, start(scheduler, prompts.get(which), lengths.get(which))))
                            .isEqualTo(expected.get(which));
                }));
            }
            for (Future<?> each : asked) {
                each.get(2, TimeUnit.MINUTES);
            }
            assertThat(session.most).isGreaterThan(session.memory() / 2);
        } finally {
            callers.shutdownNow();
        }
    }
}
