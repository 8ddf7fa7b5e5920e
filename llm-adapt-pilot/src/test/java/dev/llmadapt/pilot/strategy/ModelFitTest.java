package dev.llmadapt.pilot.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ModelFitTest {
    private static final long MB = 1L << 20;

    @Test
    void reason_moreThanTheLimit_saysHowMuchAndOfWhat() {
        ModelFit fit = new ModelFit(1000 * MB, 4000 * MB);
        assertThat(fit.reason("big", 1100 * MB))
                .hasValue("big takes about 1200 MB of memory when open, allowed are 1100");
        assertThat(fit.reason("big", 1200 * MB)).isEmpty();
        assertThat(fit.reason("big", 0)).isEmpty();
        assertThat(fit.mostBytes()).isEqualTo(3000 * MB);
        assertThat(new ModelFit(1, 0).mostBytes()).isEqualTo(1 + 200 * MB);
    }

    @Test
    void reason_moreThanTheMachineHas_saysSo() {
        ModelFit fit = new ModelFit(5000 * MB, 4000 * MB);
        assertThat(fit.reason("big", 0))
                .hasValue("big takes about 5200 MB of memory when open, this process can have 4000");
        assertThat(new ModelFit(5000 * MB, 0).reason("big", 0))
                .as("a machine that does not tell")
                .isEmpty();
    }

    @Test
    void here_ofThisProcess_knowsTheMachine() {
        assertThat(ModelFit.here(1).machineBytes()).isPositive();
    }
}
