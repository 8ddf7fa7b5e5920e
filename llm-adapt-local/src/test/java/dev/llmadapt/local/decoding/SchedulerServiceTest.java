package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.OverloadedException;
import dev.llmadapt.Precision;
import dev.llmadapt.Scheduling;
import dev.llmadapt.local.LongContext;
import dev.llmadapt.local.adapter.AdapterMix;
import dev.llmadapt.local.architecture.AdapterInputs;
import dev.llmadapt.local.architecture.Architecture;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.runtime.DecoderSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service needs of a scheduler: limits, turns and time. */
class SchedulerServiceTest {
    private static final int VOCABULARY = 99;
    private static final List<int[]> CONTINUATIONS = List.of(new int[] {5}, new int[] {5, 6, 7}, prompt(90, 99));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        LongContext.in(folder);
    }

    private CappedSession session() {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            DecoderSession session = DecoderSession.open(
                    Architecture.of(checkpoint)
                            .graph(checkpoint, Precision.FP32, LongContext.TOKENS, AdapterInputs.NONE),
                    1);
            return new CappedSession(session, Long.MAX_VALUE);
        }
    }

    private static int[] prompt(int length, int seed) {
        return new Random(seed).ints(length, 3, VOCABULARY).toArray();
    }

    /** The sampler never ends an answer. */
    private static Sequence start(Scheduler scheduler, int[] prompt, int maxTokens, Scheduling scheduling) {
        Chooser greedy = new Sampler(GenerationOptions.defaults(), Set.of(), prompt);
        return scheduler.start(prompt, AdapterMix.NONE, maxTokens, greedy, Report.NONE, RequestTime.from(scheduling));
    }

    private static Scheduling caller(String caller) {
        return Scheduling.NONE.withCaller(caller);
    }

    private static Scheduling within(Duration time) {
        return Scheduling.NONE.withTimeLimit(time);
    }

    private static List<Integer> rest(Scheduler scheduler, Sequence sequence) {
        List<Integer> ids = new ArrayList<>();
        for (Sequence.Step step = scheduler.next(sequence); ; step = scheduler.next(sequence)) {
            ids.add(step.id());
            if (step.end() != Sequence.End.NONE) {
                scheduler.end(sequence);
                return ids;
            }
        }
    }

    @Test
    void score_whileAnAnswerIsUnderWay_givesItATurnBetweenItsPieces() {
        List<Integer> expected;
        List<double[]> scores;
        try (Scheduler scheduler = new Scheduler(session(), Admission.of(2))) {
            expected = rest(scheduler, start(scheduler, prompt(20, 1), 60, Scheduling.NONE));
            scores = scheduler.score(prompt(900, 2), AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
        }
        CappedSession session = session();
        try (Scheduler scheduler = new Scheduler(session, Admission.of(2))) {
            Sequence answer = start(scheduler, prompt(20, 1), 60, Scheduling.NONE);
            List<Integer> ids = new ArrayList<>(List.of(scheduler.next(answer).id()));
            session.runs.setLength(0);
            List<double[]> found =
                    scheduler.score(prompt(900, 2), AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED);
            assertThat(session.runs.toString()).matches("(sr){4}s+(sr)+"); // steps of the answer, reads of the scoring
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i)).isEqualTo(scores.get(i));
            }
            ids.addAll(rest(scheduler, answer));
            assertThat(ids).isEqualTo(expected);
        }
    }

    @Test
    void start_manyOfOneCaller_doNotKeepAnotherWaiting() {
        try (Scheduler scheduler = new Scheduler(session(), Admission.of(1))) {
            List<Sequence> many = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                many.add(start(scheduler, prompt(10, i), 3, caller("many")));
            }
            scheduler.next(many.get(0));
            Sequence one = start(scheduler, prompt(10, 9), 3, caller("one"));
            rest(scheduler, many.get(0));
            scheduler.next(one);
            assertThat(one.begun()).isTrue();
            assertThat(many.get(1).begun()).isFalse();
            scheduler.end(one);
            many.subList(1, 5).forEach(each -> rest(scheduler, each));
        }
    }

    @Test
    void start_tooManyWait_isRefusedAndTakenLater() {
        try (Scheduler scheduler = new Scheduler(session(), new Admission(1, 1, 0))) {
            Sequence first = start(scheduler, prompt(10, 1), 20, Scheduling.NONE);
            scheduler.next(first);
            Sequence second = start(scheduler, prompt(10, 2), 20, Scheduling.NONE);
            assertThatThrownBy(() -> start(scheduler, prompt(10, 3), 20, Scheduling.NONE))
                    .isInstanceOf(OverloadedException.class);
            assertThatThrownBy(
                            () -> scheduler.score(prompt(10, 3), AdapterMix.NONE, CONTINUATIONS, RequestTime.UNLIMITED))
                    .isInstanceOf(OverloadedException.class);
            rest(scheduler, first);
            scheduler.next(second);
            rest(scheduler, second);
            rest(scheduler, start(scheduler, prompt(10, 3), 20, Scheduling.NONE));
        }
    }

    @Test
    void next_timeOver_endsTheAnswerAndFreesItsRow() {
        try (Scheduler scheduler = new Scheduler(session(), Admission.of(1))) {
            Sequence late = start(scheduler, prompt(10, 1), 500, within(Duration.ofNanos(1)));
            assertThat(scheduler.next(late).end()).isEqualTo(Sequence.End.INTERRUPTED);
            scheduler.end(late);
            assertThat(rest(scheduler, start(scheduler, prompt(10, 2), 3, within(Duration.ofDays(1_000_000)))))
                    .hasSize(3);
        }
    }

    @Test
    void next_timeOverWhileWaiting_endsTheAnswer() {
        try (Scheduler scheduler = new Scheduler(session(), Admission.of(1))) {
            Sequence first = start(scheduler, prompt(10, 1), 500, Scheduling.NONE);
            scheduler.next(first);
            Sequence waits = start(scheduler, prompt(10, 2), 20, within(Duration.ofMillis(1)));
            assertThat(scheduler.next(waits).end()).isEqualTo(Sequence.End.INTERRUPTED);
            assertThat(waits.begun()).isFalse();
            scheduler.end(waits);
            scheduler.end(first);
        }
    }

    @Test
    void score_timeOver_isCancelled() {
        try (Scheduler scheduler = new Scheduler(session(), Admission.of(1))) {
            RequestTime late = RequestTime.from(within(Duration.ofNanos(1)));
            assertThatThrownBy(() -> scheduler.score(prompt(900, 1), AdapterMix.NONE, CONTINUATIONS, late))
                    .isInstanceOf(CancellationException.class)
                    .hasMessageContaining("time limit");
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(rest(scheduler, start(scheduler, prompt(10, 2), 3, Scheduling.NONE)))
                    .hasSize(3);
        }
    }
}
