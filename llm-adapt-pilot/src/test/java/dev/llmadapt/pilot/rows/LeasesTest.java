package dev.llmadapt.pilot.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final Leases<String, String> leases = new Leases<>("test", closed::add);

    @Test
    void close_lastLease_closesAtOnceAndOnce() {
        var first = leases.lease("key", () -> "opened", Duration.ZERO);
        var second = leases.lease("key", () -> "opened again", Duration.ZERO);
        assertThat(first.get()).isEqualTo("opened").isSameAs(second.get());
        first.close();
        first.close();
        assertThat(closed).as("the second needs it").isEmpty();
        second.close();
        assertThat(closed).containsExactly("opened");
        assertThat(leases.count()).isZero();
        try (var third = leases.lease("key", () -> "anew", Duration.ZERO)) {
            assertThat(third.get()).isEqualTo("anew");
        }
    }

    @Test
    void close_withAWhile_keepsItForTheNext() throws InterruptedException {
        leases.lease("key", () -> "never opened", Duration.ofMillis(1)).close();
        try (var first = leases.lease("key", () -> "opened", Duration.ofMinutes(1))) {
            assertThat(first.get()).isEqualTo("opened");
        }
        try (var next = leases.lease("key", () -> "opened again", Duration.ofMillis(1))) {
            assertThat(next.get()).isEqualTo("opened");
        }
        for (int i = 0; i < 1000 && closed.isEmpty(); i++) {
            Thread.sleep(10);
        }
        assertThat(closed).containsExactly("opened");
    }

    @Test
    void get_ofWhatCannotBeOpened_triesAgain() {
        try (var lease = leases.lease(
                "key",
                () -> {
                    throw new IllegalStateException("not there");
                },
                Duration.ZERO)) {
            assertThatThrownBy(lease::get).hasMessage("not there");
            try (var other = leases.lease("key", () -> "there now", Duration.ZERO)) {
                assertThat(other.get()).isEqualTo("there now");
            }
        }
        assertThat(closed).containsExactly("there now");
    }
}
