package dev.llmadapt.micrometer;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;

/**
 * The instruments of OpenTelemetry's semantic conventions for generative AI that are emitted, with the bucket
 * boundaries that the conventions ask for.
 */
enum GenAiMeter {
    TOKEN_USAGE(
            "gen_ai.client.token.usage",
            "Number of input and output tokens used.",
            1,
            4,
            16,
            64,
            256,
            1024,
            4096,
            16384,
            65536,
            262144,
            1048576,
            4194304,
            16777216,
            67108864),
    OPERATION_DURATION("gen_ai.client.operation.duration", "GenAI operation duration.", Constants.DURATIONS),
    REQUEST_DURATION(
            "gen_ai.server.request.duration",
            "Generative AI server request duration such as time-to-last byte or last output token.",
            Constants.DURATIONS),
    TIME_PER_OUTPUT_TOKEN(
            "gen_ai.server.time_per_output_token",
            "Time per output token generated after the first token for successful responses.",
            0.01,
            0.025,
            0.05,
            0.075,
            0.1,
            0.15,
            0.2,
            0.3,
            0.4,
            0.5,
            0.75,
            1.0,
            2.5),
    TIME_TO_FIRST_TOKEN(
            "gen_ai.server.time_to_first_token",
            "Time to generate first token for successful responses.",
            0.001,
            0.005,
            0.01,
            0.02,
            0.04,
            0.06,
            0.08,
            0.1,
            0.25,
            0.5,
            0.75,
            1.0,
            2.5,
            5.0,
            7.5,
            10.0);

    /** Values that instances are made of. */
    private static final class Constants {
        static final double[] DURATIONS = {
            0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92
        };

        private Constants() {}
    }

    private final String key;
    private final String brief;
    private final double[] boundaries;

    GenAiMeter(String key, String brief, double... boundaries) {
        this.key = key;
        this.brief = brief;
        this.boundaries = boundaries;
    }

    /** The name of the instrument. */
    String key() {
        return key;
    }

    /** Records a time; the unit is that of the registry's timers, seconds for Prometheus. */
    void record(MeterRegistry registry, Tags tags, Duration time) {
        Timer.builder(key)
                .description(brief)
                .tags(tags)
                .serviceLevelObjectives(Arrays.stream(boundaries)
                        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                        .toArray(Duration[]::new))
                .register(registry)
                .record(time);
    }

    /**
     * Records a number of tokens. The meter has no base unit: the convention's, {@code {token}}, is an annotation,
     * which Prometheus' names have no suffix for.
     */
    void record(MeterRegistry registry, Tags tags, int tokens) {
        DistributionSummary.builder(key)
                .description(brief)
                .tags(tags)
                .serviceLevelObjectives(boundaries)
                .register(registry)
                .record(tokens);
    }
}
