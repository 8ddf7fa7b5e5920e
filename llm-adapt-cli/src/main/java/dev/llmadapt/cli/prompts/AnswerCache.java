package dev.llmadapt.cli.prompts;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.FinishReason;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.Message;
import dev.llmadapt.Request;
import dev.llmadapt.Usage;
import dev.llmadapt.files.AtomicFiles;
import dev.llmadapt.files.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Answers and grades in a folder, by a hash of all that they depend on: the files of the model and how it is computed,
 * the messages, and the options. A file of it that cannot be read counts as missing.
 */
public final class AnswerCache {
    private static final int VERSION = 1;

    private final Path folder;

    /** A cache in a folder, which is made when something is kept. */
    public AnswerCache(Path folder) {
        this.folder = folder;
    }

    /** The key of an answer. */
    static String key(String model, Request request) {
        StringBuilder all = new StringBuilder("answer " + VERSION + "\n" + model + "\n");
        for (Message message : request.messages()) {
            part(all, message.role().key());
            part(all, message.content());
        }
        GenerationOptions options = request.options();
        part(all, options.toString());
        options.stop().forEach(stop -> part(all, stop));
        return Sha256.of(all.toString());
    }

    /** The key of a grade. */
    static String key(String judge, String rubric, String question, String answer) {
        StringBuilder all = new StringBuilder("grade " + VERSION + "\n" + judge + "\n");
        part(all, rubric);
        part(all, question);
        part(all, answer);
        return Sha256.of(all.toString());
    }

    /** Adds a text with its length, so that two lists of texts never make one key. */
    private static void part(StringBuilder all, String text) {
        all.append(text.length()).append(' ').append(text).append('\n');
    }

    Optional<Answered> answer(String key) {
        return read(key)
                .map(json -> new Answered(
                        json.get("text").getAsString(),
                        FinishReason.valueOf(json.get("finishReason").getAsString()),
                        new Usage(
                                json.get("promptTokens").getAsInt(),
                                json.get("completionTokens").getAsInt(),
                                json.has("cachedPromptTokens") // which earlier versions did not write
                                        ? json.get("cachedPromptTokens").getAsInt()
                                        : 0),
                        json.get("millis").getAsLong(),
                        true));
    }

    void keep(String key, Answered answer) {
        JsonObject json = new JsonObject();
        json.addProperty("text", answer.text());
        json.addProperty("finishReason", answer.finishReason().name());
        json.addProperty("promptTokens", answer.usage().promptTokens());
        json.addProperty("completionTokens", answer.usage().completionTokens());
        json.addProperty("cachedPromptTokens", answer.usage().cachedPromptTokens());
        json.addProperty("millis", answer.millis());
        write(key, json);
    }

    Optional<Double> grade(String key) {
        return read(key).map(json -> json.get("grade").getAsDouble());
    }

    void keep(String key, double grade) {
        JsonObject json = new JsonObject();
        json.addProperty("grade", grade);
        write(key, json);
    }

    private Path file(String key) {
        return folder.resolve(key.substring(0, 2)).resolve(key + ".json");
    }

    private Optional<JsonObject> read(String key) {
        Path file = file(key);
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            return JsonAnswers.whole(Files.readString(file))
                    .filter(JsonElement::isJsonObject)
                    .map(JsonElement::getAsJsonObject)
                    .filter(json -> json.has("grade") || json.has("millis"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void write(String key, JsonObject json) {
        try {
            Files.createDirectories(file(key).getParent());
            AtomicFiles.write(file(key), json.toString());
        } catch (IOException e) {
            throw new SuiteException(
                    "the cache " + folder + " cannot be written: " + e.getMessage()
                            + "; name another folder with --cache, or none with --no-cache",
                    e);
        }
    }
}
