package dev.llmadapt.cli.prompts;

import dev.llmadapt.GenerationOptions;
import dev.llmadapt.cli.prompts.PromptSuite.Test;
import dev.llmadapt.cli.prompts.PromptSuite.TokenPrices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a test file in promptfoo's YAML. What the file says is kept or refused by its name and line; only what changes
 * no result, such as tags and the number of requests at a time, is passed over.
 */
public final class SuiteReader {
    private static final List<String> KEYS = List.of(
            "description",
            "tags",
            "metadata",
            "prompts",
            "providers",
            "targets",
            "tests",
            "scenarios",
            "defaultTest",
            "evaluateOptions");
    private static final List<String> PROVIDER_KEYS = List.of("id", "label", "config");
    private static final List<String> CONFIG_KEYS = List.of(
            "max_tokens",
            "temperature",
            "top_k",
            "top_p",
            "min_p",
            "repetition_penalty",
            "seed",
            "stop",
            "cost",
            "inputCost",
            "outputCost");
    private static final List<String> OPTIONS_KEYS = List.of("maxConcurrency", "showProgressBar", "cache");

    private final Path folder;
    private final GenerationOptions standard;
    private final Map<String, String> judges = new TreeMap<>();

    private SuiteReader(Path folder, GenerationOptions standard) {
        this.folder = folder;
        this.standard = standard;
    }

    /**
     * Reads a file.
     *
     * @param file the file; others that it names are found from its folder
     * @param standard how models decode where the file does not say
     * @throws SuiteException if it cannot be read, or says what is not supported
     */
    public static PromptSuite read(Path file, GenerationOptions standard) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new SuiteException(file + " is no file");
        }
        return new SuiteReader(folder, standard).suite(YamlFile.read(file));
    }

    private PromptSuite suite(YamlNode root) {
        Map<String, YamlNode> parts = root.map("a test file", KEYS);
        YamlNode prompts = parts.get("prompts");
        YamlNode tests = parts.get("tests");
        YamlNode scenarios = parts.get("scenarios");
        if (prompts == null || (tests == null && scenarios == null)) {
            throw root.error("a test file needs 'prompts', and 'tests' or 'scenarios', got " + parts.keySet());
        }
        if (parts.containsKey("providers") && parts.containsKey("targets")) {
            throw root.error("'providers' and 'targets' are two names of one thing, leave one out");
        }
        YamlNode providers = parts.getOrDefault("providers", parts.get("targets"));
        YamlNode standardTest = parts.get("defaultTest");
        TestReader reader = new TestReader(folder, judges);
        YamlNode defaults = standardTest == null ? null : linked(standardTest);
        List<Test> all = new ArrayList<>();
        if (tests != null) {
            all.addAll(reader.read(tests, defaults));
        }
        if (scenarios != null) {
            all.addAll(reader.scenarios(scenarios, defaults));
        }
        return new PromptSuite(
                parts.containsKey("description") ? parts.get("description").text("the description") : "",
                new PromptReader(folder).read(prompts),
                providers == null ? List.of() : providers(linked(providers)),
                all,
                cache(parts.get("evaluateOptions")),
                judges);
    }

    /** The node, or what is in the file that it names. */
    private YamlNode linked(YamlNode node) {
        return FileLink.is(node.text())
                ? YamlFile.read(FileLink.path(node, folder, List.of(".yaml", ".yml", ".json")))
                : node;
    }

    private static boolean cache(@Nullable YamlNode options) {
        if (options == null) {
            return true;
        }
        YamlNode cache = options.map("evaluateOptions", OPTIONS_KEYS).get("cache");
        return cache == null || cache.flag("cache");
    }

    private List<PromptSuite.Provider> providers(YamlNode node) {
        List<PromptSuite.Provider> providers = new ArrayList<>();
        if (node.isScalar()) {
            providers.add(provider(node));
        } else if (node.isMap()) {
            throw node.error("providers must be a list, got a mapping");
        } else {
            node.list("providers").forEach(each -> providers.add(provider(each)));
        }
        return providers;
    }

    private PromptSuite.Provider provider(YamlNode node) {
        if (node.isScalar()) {
            String id = node.text("a provider");
            return new PromptSuite.Provider(id, id, standard, Optional.empty(), node.place());
        }
        Map<String, YamlNode> parts = node.map("a provider");
        if (parts.size() == 1
                && !PROVIDER_KEYS.contains(parts.keySet().iterator().next())) {
            // the id as a key, and what belongs to it below
            String id = parts.keySet().iterator().next();
            YamlNode below = parts.values().iterator().next();
            return provider(id, below.map("the provider '" + id + "'", PROVIDER_KEYS), node);
        }
        node.map("a provider", PROVIDER_KEYS);
        if (!parts.containsKey("id")) {
            throw node.error("a provider needs an 'id'");
        }
        return provider(parts.get("id").text("the id"), parts, node);
    }

    private PromptSuite.Provider provider(String id, Map<String, YamlNode> parts, YamlNode node) {
        YamlNode label = parts.get("label");
        YamlNode given = parts.get("config");
        Map<String, YamlNode> config = given == null ? Map.of() : given.map("the config of '" + id + "'", CONFIG_KEYS);
        return new PromptSuite.Provider(
                id,
                label == null ? id : label.text("the label"),
                given == null ? standard : options(config, given),
                prices(config, node),
                node.place());
    }

    private GenerationOptions options(Map<String, YamlNode> config, YamlNode node) {
        List<String> stop = new ArrayList<>(standard.stop());
        YamlNode stops = config.get("stop");
        if (stops != null) {
            stop.clear();
            if (stops.isList()) {
                stops.list("stop").forEach(each -> stop.add(each.text("stop")));
            } else {
                stop.add(stops.text("stop"));
            }
        }
        try {
            return new GenerationOptions(
                    (int) whole(config, "max_tokens", standard.maxTokens()),
                    number(config, "temperature", standard.temperature()),
                    (int) whole(config, "top_k", standard.topK()),
                    number(config, "top_p", standard.topP()),
                    number(config, "min_p", standard.minP()),
                    number(config, "repetition_penalty", standard.repetitionPenalty()),
                    stop,
                    whole(config, "seed", standard.seed()),
                    false);
        } catch (IllegalArgumentException e) {
            throw node.error(String.valueOf(e.getMessage()));
        }
    }

    private static double number(Map<String, YamlNode> config, String key, double otherwise) {
        YamlNode node = config.get(key);
        return node == null ? otherwise : node.number(key);
    }

    private static long whole(Map<String, YamlNode> config, String key, long otherwise) {
        YamlNode node = config.get(key);
        if (node == null) {
            return otherwise;
        }
        if (node.value() instanceof Long number && (key.equals("seed") || Math.abs(number) <= Integer.MAX_VALUE)) {
            return number;
        }
        throw node.error(key + " must be a whole number, got " + node.kind());
    }

    private static Optional<TokenPrices> prices(Map<String, YamlNode> config, YamlNode node) {
        if (!config.containsKey("cost") && !config.containsKey("inputCost") && !config.containsKey("outputCost")) {
            return Optional.empty();
        }
        double both = number(config, "cost", Double.NaN);
        TokenPrices prices = new TokenPrices(number(config, "inputCost", both), number(config, "outputCost", both));
        if (!(prices.prompt() >= 0 && prices.completion() >= 0)) {
            throw node.error("the prices of a token are 'cost', or 'inputCost' and 'outputCost', none negative");
        }
        return Optional.of(prices);
    }

    /** The variables of a test as the values of templates, in the order of the file. */
    static Map<String, Object> ordered(Map<String, Object> variables) {
        return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }
}
