package dev.llmadapt.rag.evaluation;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.llmadapt.rag.index.IndexException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of {@link QuestionSet}s. */
final class QuestionFiles {
    private QuestionFiles() {}

    /** {@link QuestionSet#read}. */
    static QuestionSet read(Path file) {
        List<QuestionSet.Question> questions = new ArrayList<>();
        CollectionFiles.objects(file, json -> {
            String id = first(json, "id", "_id");
            List<String> answers = texts(json, "answer", "answers");
            List<String> documents = texts(json, "articles", "documents", "passages");
            boolean answerable =
                    json.has("answerable") ? flag(json.get("answerable")) : !answers.isEmpty() || !documents.isEmpty();
            questions.add(new QuestionSet.Question(
                    id.isEmpty() ? Integer.toString(questions.size() + 1) : id,
                    first(json, "question", "text", "query"),
                    answerable,
                    answers,
                    documents));
        });
        if (questions.isEmpty()) {
            throw new IndexException(file + " has no question", null);
        }
        try {
            return new QuestionSet(questions);
        } catch (IllegalArgumentException e) {
            throw new IndexException(file + ": " + e.getMessage(), e);
        }
    }

    private static boolean flag(JsonElement value) {
        if (value instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        throw new IllegalArgumentException("'answerable' must be true or false, got " + value);
    }

    private static String first(JsonObject json, String... keys) {
        for (String key : keys) {
            if (json.has(key) && json.get(key).isJsonPrimitive()) {
                return json.get(key).getAsString();
            }
        }
        return "";
    }

    private static List<String> texts(JsonObject json, String... keys) {
        List<String> texts = new ArrayList<>();
        for (String key : keys) {
            JsonElement value = json.get(key);
            if (value == null || value.isJsonNull()) {
                continue;
            }
            if (value.isJsonArray()) {
                value.getAsJsonArray().forEach(each -> texts.add(each.getAsString()));
            } else {
                texts.add(value.getAsString());
            }
        }
        texts.removeIf(String::isBlank);
        return texts;
    }
}
