package dev.llmadapt.remote;

import dev.llmadapt.observation.RequestObserver;
import java.net.URI;
import java.util.Locale;
import java.util.Map;

/** The names of providers, as OpenTelemetry's conventions have them ({@code gen_ai.provider.name}). */
final class Providers {
    private static final Map<String, String> BY_DOMAIN = Map.of(
            "openai.com", "openai",
            "openai.azure.com", "azure.ai.openai",
            "anthropic.com", "anthropic",
            "deepseek.com", "deepseek",
            "groq.com", "groq",
            "mistral.ai", "mistral_ai",
            "moonshot.ai", "moonshot_ai",
            "perplexity.ai", "perplexity",
            "x.ai", "x_ai",
            "googleapis.com", "gcp.gen_ai");

    private Providers() {}

    /** The provider at an address; the kind of the server where it is none that has a name, such as {@code vllm}. */
    static String of(URI address, ServerFeatures.Dialect dialect) {
        String host = address.getHost().toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> each : BY_DOMAIN.entrySet()) {
            if (host.equals(each.getKey()) || host.endsWith("." + each.getKey())) {
                return each.getValue();
            }
        }
        return switch (dialect) {
            case LLM_ADAPT -> RequestObserver.IN_PROCESS;
            case OPENAI -> "openai";
            case PLAIN -> "_OTHER";
            default -> dialect.toString();
        };
    }
}
