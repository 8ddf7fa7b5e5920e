package dev.llmadapt.remote.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.remote.ManualWaiting;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RetryRulesTest {
    private final Waiting waiting = new ManualWaiting(); // 10:00:00, its chance is a half

    @Test
    void wait_noAdvice_doublesUpToEightSecondsLessJitter() {
        assertThat(IntStream.rangeClosed(1, 6)
                        .mapToObj(tries -> RetryRules.wait(tries, Optional.empty(), waiting)
                                .toMillis()))
                .containsExactly(437L, 875L, 1750L, 3500L, 7000L, 7000L);
    }

    @Test
    void wait_advice_isTakenInEachForm() {
        assertThat(wait("retry-after", "3")).isEqualTo(Duration.ofSeconds(3));
        assertThat(wait("Retry-After", "0.25")).isEqualTo(Duration.ofMillis(250));
        assertThat(wait("retry-after", "Mon, 30 Nov 2026 10:00:07 GMT")).isEqualTo(Duration.ofSeconds(7));
        assertThat(wait("retry-after", "Mon, 30 Nov 2026 09:00:00 GMT")).isEqualTo(Duration.ZERO);
        assertThat(RetryRules.wait(
                        1, Optional.of(headers(Map.of("retry-after-ms", "120", "retry-after", "9"))), waiting))
                .isEqualTo(Duration.ofMillis(120));
    }

    @Test
    void wait_adviceThatIsNone_isLeftOut() {
        assertThat(wait("retry-after", "soon")).isEqualTo(Duration.ofNanos(437_500_000));
        assertThat(wait("retry-after", "-4")).isEqualTo(Duration.ofNanos(437_500_000));
    }

    @Test
    void passes_statusAndAdvice_asTheOfficialClients() {
        HttpHeaders none = headers(Map.of());
        for (int status : new int[] {408, 409, 429, 500, 502, 503, 529}) {
            assertThat(RetryRules.passes(status, none)).as("%d", status).isTrue();
        }
        for (int status : new int[] {301, 400, 401, 403, 404, 422}) {
            assertThat(RetryRules.passes(status, none)).as("%d", status).isFalse();
        }
        assertThat(RetryRules.passes(500, headers(Map.of("x-should-retry", "false"))))
                .isFalse();
        assertThat(RetryRules.passes(400, headers(Map.of("x-should-retry", "true"))))
                .isTrue();
    }

    private Duration wait(String name, String value) {
        return RetryRules.wait(1, Optional.of(headers(Map.of(name, value))), waiting);
    }

    private static HttpHeaders headers(Map<String, String> all) {
        Map<String, List<String>> lists = new java.util.HashMap<>();
        all.forEach((name, value) -> lists.put(name, List.of(value)));
        return HttpHeaders.of(lists, (name, value) -> true);
    }
}
