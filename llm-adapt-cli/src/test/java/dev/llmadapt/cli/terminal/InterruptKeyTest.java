package dev.llmadapt.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InterruptKeyTest {
    @Test
    void press_duringWork_interruptsItAndLeavesNoStatusBehind() {
        try (InterruptKey key = InterruptKey.install()) {
            boolean interrupted = key.during(() -> {
                key.press("INT");
                return Thread.currentThread().isInterrupted();
            });
            assertThat(interrupted).isTrue();
            assertThat(key.pressed()).isTrue();
            assertThat(key.terminated()).isFalse();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(key.during(() -> Thread.currentThread().isInterrupted())).isFalse();
            assertThat(key.pressed()).isFalse();
        }
    }

    @Test
    void press_terminate_isRemembered() {
        try (InterruptKey key = InterruptKey.install()) {
            key.during(() -> {
                key.press("TERM");
                return "";
            });
            assertThat(key.terminated()).isTrue();
        }
    }
}
