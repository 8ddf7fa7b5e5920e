package dev.llmadapt.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AdmissionTest {
    private final List<String> served = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = new ArrayList<>();

    private void queue(Admission admission, String caller, int expected) throws InterruptedException {
        Thread thread = new Thread(() -> {
            try {
                Admission.Place place = admission.enter(caller);
                served.add(caller);
                place.close();
            } catch (InterruptedException | HttpFailure e) {
                served.add(caller + " " + e.getClass().getSimpleName());
            }
        });
        thread.start();
        threads.add(thread);
        while (admission.waiting() < expected) {
            Thread.sleep(1);
        }
    }

    private void joinAll() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void enter_callers_takeTurns() throws InterruptedException {
        Admission admission = new Admission(1, 8);
        Admission.Place first = admission.enter("a");
        queue(admission, "a", 1);
        queue(admission, "a", 2);
        queue(admission, "a", 3);
        queue(admission, "b", 4);
        first.close();
        joinAll();
        assertThat(served).containsExactly("a", "b", "a", "a");
        assertThat(admission.taken()).isZero();
        assertThat(admission.waiting()).isZero();
    }

    @Test
    void enter_fullQueue_isRefusedAndNobodyHoldsAllOfIt() throws InterruptedException {
        Admission admission = new Admission(1, 4);
        Admission.Place first = admission.enter("a");
        for (int i = 1; i <= 3; i++) {
            queue(admission, "a", i);
        }
        assertThatThrownBy(() -> admission.enter("a")).isInstanceOfSatisfying(HttpFailure.class, e -> {
            assertThat(e.status()).isEqualTo(429);
            assertThat(e.headers()).containsEntry("retry-after", "1");
            assertThat(e.message()).contains("your share");
        });
        queue(admission, "b", 4);
        assertThatThrownBy(() -> admission.enter("c")).hasMessageContaining("4 wait");
        assertThat(admission.rejected()).isEqualTo(2);
        first.close();
        first.close();
        joinAll();
        assertThat(served).hasSize(4);
        assertThat(admission.taken()).isZero();
    }

    @Test
    void enter_interrupted_leavesTheQueue() throws InterruptedException {
        Admission admission = new Admission(1, 2);
        Admission.Place first = admission.enter("a");
        queue(admission, "b", 1);
        threads.get(0).interrupt();
        joinAll();
        assertThat(served).containsExactly("b InterruptedException");
        assertThat(admission.waiting()).isZero();
        first.close();
        admission.enter("c").close();
    }

    @Test
    void enter_withoutQueue_refusesAtOnce() throws InterruptedException {
        Admission admission = new Admission(1, 0);
        Admission.Place first = admission.enter("a");
        assertThatThrownBy(() -> admission.enter("b")).isInstanceOf(HttpFailure.class);
        first.close();
        admission.enter("b").close();
    }

    @Test
    void enter_manyThreads_neverMoreThanThePlaces() throws InterruptedException {
        Admission admission = new Admission(3, 1000);
        CountDownLatch done = new CountDownLatch(60);
        List<Integer> most = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 60; i++) {
            String caller = "caller-" + i % 7;
            new Thread(() -> {
                        try {
                            Admission.Place place = admission.enter(caller);
                            most.add(admission.taken());
                            place.close();
                        } catch (InterruptedException e) {
                            most.add(1000);
                        } finally {
                            done.countDown();
                        }
                    })
                    .start();
        }
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(most).hasSize(60).allMatch(taken -> taken <= 3);
        assertThat(admission.taken()).isZero();
    }
}
