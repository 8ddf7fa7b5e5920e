package dev.llmadapt.prompting.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Real chat templates with the output of the reference, from the shared folder beside the checkout. */
record GoldenData(
        Map<String, String> templates,
        Map<String, Map<String, Object>> scenarios,
        Map<String, Map<String, Object>> expected) {

    /** Loads the data; skips the test, visibly, where there is no such folder. */
    static GoldenData load() {
        Path folder = null;
        for (Path at = Path.of("").toAbsolutePath(); at != null && folder == null; at = at.getParent()) {
            Path candidate = at.resolve("shared/data/chat_templates_golden");
            folder = Files.isDirectory(candidate) ? candidate : null;
        }
        Assumptions.assumeTrue(folder != null, "needs shared/data/chat_templates_golden beside the checkout");
        return read(java.util.Objects.requireNonNull(folder));
    }

    static GoldenData read(Path folder) {
        try {
            return readAll(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static GoldenData readAll(Path folder) throws IOException {
        Map<String, String> templates = new LinkedHashMap<>();
        List<Path> files;
        try (Stream<Path> found = Files.list(folder.resolve("templates"))) {
            files = found.sorted().toList();
        }
        for (Path file : files) {
            templates.put(file.getFileName().toString().replace(".jinja", ""), Files.readString(file));
        }
        Object scenarios = TestJson.parseObject(Files.readString(folder.resolve("scenarios.json")));
        Object expected = TestJson.parseObject(Files.readString(folder.resolve("expected_jinja2.json")));
        return new GoldenData(
                templates, (Map<String, Map<String, Object>>) scenarios, (Map<String, Map<String, Object>>) expected);
    }

    /** The context of a scenario, whose special tokens are trusted as applications trust them. */
    Map<String, Object> context(String scenario) {
        Map<String, Object> context = new LinkedHashMap<>(java.util.Objects.requireNonNull(scenarios.get(scenario)));
        context.replaceAll((name, value) -> name.endsWith("_token") ? ChatTemplate.trusted((String) value) : value);
        return context;
    }
}
