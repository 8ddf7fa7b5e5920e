package dev.llmadapt.pilot.task;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Passage;
import dev.llmadapt.Task;
import dev.llmadapt.pilot.json.JsonFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Reads a file in SQuAD's format (Rajpurkar et al. 2016) as a task to retrieve and answer: its paragraphs are the
 * corpus, the questions free text, judged by {@link WordOverlap}. Paragraphs are split, so no test question is about a
 * paragraph that an example was about; the questions of the last few paragraphs are the {@link RobustnessProbes.News}.
 */
final class SquadFile {
    private static final long MAX_BYTES = 256L << 20;
    private static final int NEWS = 8;

    private SquadFile() {}

    private record Paragraph(Passage passage, List<Example> questions) {}

    /**
     * Reads a file.
     *
     * @param testShare the share of paragraphs whose questions are for measuring
     * @throws LlmAdaptException if the file is broken
     */
    static TaskSplit read(Path file, double testShare, long seed) {
        List<Paragraph> paragraphs = paragraphs(file);
        if (paragraphs.size() < 4) {
            throw new LlmAdaptException(
                    file + " has " + paragraphs.size() + " paragraphs with questions, expected at least 4");
        }
        List<Paragraph> order = new ArrayList<>(paragraphs);
        Collections.shuffle(order, new Random(seed));
        int news = Math.min(NEWS, order.size() / 4);
        int test = Math.max(1, (int) Math.round(testShare * (order.size() - news)));
        List<Paragraph> held = order.subList(0, news);
        List<Paragraph> measured = order.subList(news, news + test);
        List<Paragraph> learned = order.subList(news + test, order.size());
        List<Passage> corpus = paragraphs.stream().map(Paragraph::passage).toList();
        List<Passage> later = held.stream().map(Paragraph::passage).toList();
        Path name = file.getFileName();
        Task task = new Task(
                name == null ? "questions" : name.toString(),
                "Answer the question in as few words as possible.",
                List.of(),
                questions(learned),
                corpus,
                new WordOverlap());
        Task before = new Task(
                task.name() + "-news",
                task.instruction(),
                List.of(),
                task.examples(),
                corpus.stream().filter(passage -> !later.contains(passage)).toList(),
                task.metric());
        List<Example> asked =
                held.stream().map(paragraph -> paragraph.questions().get(0)).toList();
        return new TaskSplit(task, questions(measured), List.of())
                .withProbes(new RobustnessProbes(
                        java.util.Map.of(), java.util.Optional.of(new RobustnessProbes.News(before, later, asked))));
    }

    private static List<Example> questions(List<Paragraph> paragraphs) {
        return paragraphs.stream()
                .flatMap(paragraph -> paragraph.questions().stream())
                .toList();
    }

    private static List<Paragraph> paragraphs(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new LlmAdaptException(file + " has more than " + (MAX_BYTES >> 20) + " MB");
            }
            List<Paragraph> found = new ArrayList<>();
            JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            for (JsonElement article : JsonFields.member(root, "data").getAsJsonArray()) {
                JsonObject about = article.getAsJsonObject();
                String title =
                        about.has("title") ? about.get("title").getAsString().replace('_', ' ') : "";
                for (JsonElement element :
                        JsonFields.member(about, "paragraphs").getAsJsonArray()) {
                    JsonObject paragraph = element.getAsJsonObject();
                    List<Example> questions = new ArrayList<>();
                    for (JsonElement asked : JsonFields.member(paragraph, "qas").getAsJsonArray()) {
                        JsonObject question = asked.getAsJsonObject();
                        var answers = JsonFields.member(question, "answers").getAsJsonArray();
                        if (!answers.isEmpty()) {
                            questions.add(new Example(
                                    JsonFields.text(question, "id"),
                                    JsonFields.text(question, "question"),
                                    JsonFields.text(answers.get(0).getAsJsonObject(), "text")));
                        }
                    }
                    if (!questions.isEmpty()) {
                        found.add(new Paragraph(
                                new Passage("p" + found.size(), title, JsonFields.text(paragraph, "context"), 0),
                                questions));
                    }
                }
            }
            return found;
        } catch (IOException | JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            throw new LlmAdaptException(file + " cannot be read as questions in SQuAD's format: " + e.getMessage(), e);
        }
    }
}
