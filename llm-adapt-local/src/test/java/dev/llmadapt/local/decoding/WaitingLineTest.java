package dev.llmadapt.local.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.OverloadedException;
import dev.llmadapt.Scheduling;
import dev.llmadapt.local.adapter.AdapterMix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WaitingLineTest {
    private static Waiting of(String caller) {
        return of(Scheduling.NONE.withCaller(caller));
    }

    private static Waiting of(Scheduling scheduling) {
        return new Waiting.Scoring(new int[] {3}, AdapterMix.NONE, 1, RequestTime.from(scheduling));
    }

    private static String caller(Waiting request) {
        return request.time().scheduling().caller();
    }

    @Test
    void next_oneCaller_isTheOldest() {
        WaitingLine line = new WaitingLine(Admission.of(4));
        List<Waiting> requests = List.of(of(""), of(""), of(""));
        requests.forEach(line::add);
        for (Waiting each : requests) {
            assertThat(line.next()).isSameAs(each);
            line.begin(each);
        }
        assertThat(line.next()).isNull();
    }

    @Test
    void next_manyOfOneCaller_doNotKeepAnotherWaiting() {
        WaitingLine line = new WaitingLine(Admission.of(4));
        for (int i = 0; i < 100; i++) {
            line.add(of("many"));
        }
        Waiting begun = Objects.requireNonNull(line.next());
        line.begin(begun);
        Waiting one = of("one");
        line.add(one);
        assertThat(line.next()).isSameAs(one);
    }

    /** Also where each ends before the next begins, so that nobody ever has a row. */
    @Test
    void next_severalCallers_takeTurns() {
        WaitingLine line = new WaitingLine(Admission.of(1));
        Map<String, Integer> served = new HashMap<>();
        for (String caller : List.of("a", "b", "c")) {
            for (int i = 0; i < (caller.equals("a") ? 60 : 20); i++) {
                line.add(of(caller));
            }
        }
        for (int i = 0; i < 60; i++) {
            Waiting next = Objects.requireNonNull(line.next());
            line.begin(next);
            served.merge(caller(next), 1, Integer::sum);
            line.end(next);
        }
        assertThat(served).isEqualTo(Map.of("a", 20, "b", 20, "c", 20));
    }

    @Test
    void next_higherPriority_comesFirst() {
        WaitingLine line = new WaitingLine(Admission.of(1));
        Waiting low = of(Scheduling.NONE.withCaller("a"));
        Waiting high = of(Scheduling.NONE.withCaller("b").withPriority(3));
        line.begin(add(line, of("b")));
        line.add(low);
        line.add(high);
        assertThat(line.next()).isSameAs(high);
    }

    @Test
    void next_callerWithAsManyRowsAsItMayHave_waits() {
        WaitingLine line = new WaitingLine(new Admission(8, 0, 2));
        List<Waiting> begun = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            line.add(of("a"));
        }
        for (Waiting next = line.next(); next != null; next = line.next()) {
            line.begin(next);
            begun.add(next);
        }
        assertThat(begun).hasSize(2);
        line.end(begun.get(0));
        assertThat(line.next()).isNotNull();
    }

    @Test
    void add_asManyWaitAsMay_isRefused() {
        WaitingLine line = new WaitingLine(new Admission(2, 1, 0));
        line.add(of("a")); // there are rows for two
        line.add(of("a"));
        Waiting third = add(line, of("b"));
        assertThatThrownBy(() -> line.add(of("c")))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("answers 2 requests and 1 wait, which is as many as may");
        line.begin(third);
        assertThatThrownBy(() -> line.add(of("c"))).isInstanceOf(OverloadedException.class);
        line.remove(Objects.requireNonNull(line.next()));
        line.add(of("c"));
    }

    @Test
    void begin_asOftenAsEnd_leavesNothingBehind() {
        WaitingLine line = new WaitingLine(new Admission(4, 4, 0));
        Random random = new Random(5);
        List<Waiting> running = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            Waiting next = line.next();
            if (next != null && running.size() < 4) {
                line.begin(next);
                running.add(next);
            } else if (!running.isEmpty() && random.nextBoolean()) {
                line.end(running.remove(random.nextInt(running.size())));
            } else if (next == null) {
                line.add(of("caller " + random.nextInt(5)));
            }
        }
        running.forEach(line::end);
        for (Waiting next = line.next(); next != null; next = line.next()) {
            line.remove(next);
        }
        for (int i = 0; i < 8; i++) { // four rows are free, and four may wait
            line.add(of(""));
        }
        assertThatThrownBy(() -> line.add(of(""))).isInstanceOf(OverloadedException.class);
    }

    private static Waiting add(WaitingLine line, Waiting request) {
        line.add(request);
        return request;
    }
}
