package dev.llmadapt.observation;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a request before it is answered: neither its content nor who asks.
 *
 * @param id its number in this process; the same in all that is told of it
 * @param operation what is asked for
 * @param provider who answers, as {@code gen_ai.provider.name} has it: {@code llm-adapt} for a model in this process,
 *     else the kind of the server, such as {@code vllm} or {@code openai}
 * @param model the model's name
 * @param adapters the loaded adapters that the request uses, by name; none where it was refused before they were found,
 *     so that the names in requests which do not exist stay out of here
 * @param priority its priority, 0 where nothing was said
 * @param server the address of the server, empty for a model in this process
 */
public record RequestInfo(
        long id,
        Operation operation,
        String provider,
        String model,
        List<String> adapters,
        int priority,
        Optional<URI> server) {
    /** Copies the adapters. */
    public RequestInfo {
        Objects.requireNonNull(operation, "operation must not be null");
        adapters = List.copyOf(adapters);
        Objects.requireNonNull(server, "server must not be null, empty for a model in this process");
    }
}
