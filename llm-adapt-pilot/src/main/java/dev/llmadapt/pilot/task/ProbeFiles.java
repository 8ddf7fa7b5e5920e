package dev.llmadapt.pilot.task;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the probes that lie beside a task: {@code paraphrases.jsonl} ({@code id}, {@code paraphrases}),
 * {@code questions.jsonl} ({@code question}, {@code answer}, {@code articles}, {@code answerable}) and
 * {@code out-of-scope.jsonl} ({@code text}). The last of the questions with one article each become the news: their
 * articles are held back.
 */
final class ProbeFiles {
    private static final int NEWS = 8;
    private static final int EXAMPLES = 32;
    private static final long MAX_BYTES = 64L << 20;

    private ProbeFiles() {}

    static RobustnessProbes read(Path folder, Task task) {
        Path paraphrases = folder.resolve("paraphrases.jsonl");
        Path questions = folder.resolve("questions.jsonl");
        Path outOfScope = folder.resolve("out-of-scope.jsonl");
        return new RobustnessProbes(
                Files.isRegularFile(paraphrases) ? paraphrases(paraphrases) : Map.of(),
                Files.isRegularFile(questions) && !task.corpus().isEmpty() ? news(questions, task) : Optional.empty(),
                Files.isRegularFile(outOfScope) ? TaskFiles.readTexts(outOfScope) : List.of());
    }

    private static Map<String, List<String>> paraphrases(Path file) {
        Map<String, List<String>> found = new HashMap<>();
        for (JsonObject line : lines(file)) {
            List<String> texts = texts(line, "paraphrases");
            if (!texts.isEmpty()) {
                found.put(line.get("id").getAsString(), texts);
            }
        }
        return found;
    }

    private static Optional<RobustnessProbes.News> news(Path file, Task task) {
        Map<String, Passage> corpus = new HashMap<>();
        task.corpus().forEach(passage -> corpus.put(passage.id(), passage));
        List<JsonObject> answerable = new ArrayList<>();
        for (JsonObject line : lines(file)) {
            boolean can = !line.has("answerable") || line.get("answerable").getAsBoolean();
            List<String> articles = texts(line, "articles");
            if (can && !articles.isEmpty() && corpus.keySet().containsAll(articles)) {
                answerable.add(line);
            }
        }
        Set<String> held = new HashSet<>();
        List<Example> asked = new ArrayList<>();
        List<Example> known = new ArrayList<>();
        for (int i = answerable.size() - 1; i >= 0; i--) {
            JsonObject line = answerable.get(i);
            Example example = new Example(
                    line.has("id") ? line.get("id").getAsString() : "q" + i,
                    line.get("question").getAsString(),
                    line.get("answer").getAsString());
            List<String> articles = texts(line, "articles");
            if (asked.size() < NEWS && articles.size() == 1) {
                asked.add(example);
                held.addAll(articles);
            } else if (articles.stream().noneMatch(held::contains) && known.size() < EXAMPLES) {
                known.add(example);
            }
        }
        if (asked.isEmpty() || held.size() == corpus.size()) {
            return Optional.empty();
        }
        List<Passage> before = task.corpus().stream()
                .filter(passage -> !held.contains(passage.id()))
                .toList();
        List<Passage> after = task.corpus().stream()
                .filter(passage -> held.contains(passage.id()))
                .toList();
        Task free = new Task(
                task.name() + "-news",
                "Answer the question in one short sentence.",
                List.of(),
                known,
                before,
                new WordOverlap());
        return Optional.of(new RobustnessProbes.News(free, after, asked));
    }

    private static List<JsonObject> lines(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new LlmAdaptException(file + " has more than " + (MAX_BYTES >> 20) + " MB");
            }
            List<JsonObject> lines = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank()) {
                    lines.add(JsonParser.parseString(line).getAsJsonObject());
                }
            }
            return lines;
        } catch (IOException | JsonParseException | IllegalStateException e) {
            throw new LlmAdaptException(
                    file + " cannot be read: " + e.getMessage() + "; expected an object of JSON on each line", e);
        }
    }

    private static List<String> texts(JsonObject line, String key) {
        List<String> texts = new ArrayList<>();
        if (line.get(key) instanceof JsonArray array) {
            array.forEach(element -> texts.add(element.getAsString()));
        }
        return texts;
    }
}
