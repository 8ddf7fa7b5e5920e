package dev.llmadapt.micrometer;

import dev.llmadapt.observation.Operation;
import dev.llmadapt.observation.RequestEnd;
import dev.llmadapt.observation.RequestEnd.Outcome;
import dev.llmadapt.observation.RequestInfo;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Ends of requests. */
final class Events {
    private Events() {}

    static RequestInfo request(Optional<URI> server, String... adapters) {
        return new RequestInfo(
                1, Operation.CHAT, server.isPresent() ? "vllm" : "llm-adapt", "tiny", List.of(adapters), 0, server);
    }

    /** An answer of 5 tokens to 20, of which 16 were cached, after 10 ms in the queue and 50 ms to the first token. */
    static RequestEnd finished(RequestInfo request) {
        return new RequestEnd(
                request,
                Outcome.FINISHED,
                "stop",
                "",
                20,
                16,
                5,
                Optional.of(Duration.ofMillis(10)),
                Optional.of(Duration.ofMillis(50)),
                Duration.ofMillis(130));
    }

    static RequestEnd failed(RequestInfo request, String error) {
        return new RequestEnd(
                request, Outcome.FAILED, "", error, 0, 0, 0, Optional.empty(), Optional.empty(), Duration.ofMillis(3));
    }
}
