package dev.llmadapt.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What is emitted, against OpenTelemetry's own definition of the instruments. */
class ConventionTest {
    private static final Map<?, ?> CONVENTION = read();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    ConventionTest() {
        MetricsListener listener = new MetricsListener(registry);
        listener.onEnd(Events.finished(Events.request(Optional.empty(), "bank")));
        listener.onEnd(Events.failed(Events.request(Optional.empty()), "java.lang.IllegalStateException"));
    }

    private static Map<?, ?> read() {
        try (InputStream file = Objects.requireNonNull(
                ConventionTest.class.getResourceAsStream("gen-ai-metrics.yaml"), "gen-ai-metrics.yaml")) {
            return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<?, ?> find(String list, String key, String value) {
        return ((List<?>) get(CONVENTION, list))
                .stream()
                        .map(each -> (Map<?, ?>) each)
                        .filter(each -> value.equals(each.get(key)))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(value + " is not in the convention"));
    }

    private static Object get(Map<?, ?> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    /** The attributes of an instrument or a group with whether each is required. */
    private static Map<String, Boolean> attributes(Map<?, ?> of) {
        Map<String, Boolean> found = new TreeMap<>();
        for (Object each : (List<?>) get(of, "attributes")) {
            Map<?, ?> attribute = (Map<?, ?>) each;
            if (attribute.containsKey("ref_group")) {
                found.putAll(attributes(find(
                        "attribute_groups", "id", get(attribute, "ref_group").toString())));
            } else {
                found.put(get(attribute, "ref").toString(), "required".equals(attribute.get("requirement_level")));
            }
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource
    void meter_hasTheNameUnitAndDescription(GenAiMeter meter) {
        Map<?, ?> defined = find("metrics", "name", meter.key());
        assertThat(get(defined, "instrument")).isEqualTo("histogram");
        for (Meter emitted : registry.find(meter.key()).meters()) {
            assertThat(emitted.getId().getDescription()).isEqualTo(get(defined, "brief"));
            switch (get(defined, "unit").toString()) {
                case "s" -> {
                    assertThat(emitted).isInstanceOf(Timer.class);
                    assertThat(emitted.getId().getBaseUnit()).isEqualTo("seconds");
                }
                case "{token}" -> { // an annotation, which is no unit
                    assertThat(emitted).isInstanceOf(DistributionSummary.class);
                    assertThat(emitted.getId().getBaseUnit()).isNull();
                }
                default -> throw new AssertionError("another unit: " + defined);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void meter_hasTheAttributes(GenAiMeter meter) {
        Map<String, Boolean> defined = attributes(find("metrics", "name", meter.key()));
        assertThat(registry.find(meter.key()).meters()).isNotEmpty().allSatisfy(emitted -> {
            Set<String> keys =
                    emitted.getId().getTags().stream().map(Tag::getKey).collect(Collectors.toSet());
            assertThat(keys).as("required ones, and those with conditions").isEqualTo(defined.keySet());
            defined.forEach((key, required) -> {
                if (required) {
                    assertThat(emitted.getId().getTag(key)).as(key).isNotEqualTo("none");
                }
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void meter_hasTheBuckets(GenAiMeter meter) {
        Map<?, ?> all = (Map<?, ?>) get(CONVENTION, "bucket_boundaries");
        double[] defined = ((List<?>) get(all, meter.key()))
                .stream().mapToDouble(each -> ((Number) each).doubleValue()).toArray();
        for (Meter emitted : registry.find(meter.key()).meters()) {
            boolean timer = emitted instanceof Timer;
            HistogramSnapshot snapshot = emitted instanceof Timer times
                    ? times.takeSnapshot()
                    : ((DistributionSummary) emitted).takeSnapshot();
            double[] buckets = Arrays.stream(snapshot.histogramCounts())
                    .mapToDouble(timer ? count -> count.bucket(TimeUnit.SECONDS) : CountAtBucket::bucket)
                    .toArray();
            assertThat(buckets).isEqualTo(defined);
        }
    }

    @Test
    void excerpt_hasNoInstrumentThatIsNotEmitted() {
        assertThat((List<?>) get(CONVENTION, "metrics")).hasSize(GenAiMeter.values().length);
    }
}
