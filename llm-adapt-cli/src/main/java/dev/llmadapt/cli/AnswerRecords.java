package dev.llmadapt.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.llmadapt.cli.UnsureArguments.Threshold;
import dev.llmadapt.pilot.rows.RowAnswer;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.task.TextRows;
import java.util.List;
import java.util.Optional;

/**
 * Answers as conversations in JSON Lines, {@code {"messages": [system, user, assistant]}}, which {@code train --data}
 * and task files take: the task's instruction, the text, the answer, with {@code id} where the input has one. An answer
 * with a probability also has {@code probability} and, where that is asked, {@code unsure}. A row without an answer
 * begins with {@code error} and has no assistant's message.
 *
 * @param rows the input
 * @param saved what answers; labels are as its file has them
 * @param threshold which answers are unsure, where that is asked
 */
record AnswerRecords(TextRows rows, SavedStrategy saved, Optional<Threshold> threshold) implements AnswerLines {
    /** The endings of files that are written so. */
    static final List<String> ENDINGS = List.of(".jsonl", ".ndjson");

    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    @Override
    public String header() {
        return "";
    }

    @Override
    public boolean quotedBreaks() {
        return false;
    }

    @Override
    public String line(int row, RowAnswer answer) {
        JsonObject record = new JsonObject();
        if (answer.error() != null) {
            record.addProperty("error", answer.error().strip().replaceAll("\\s+", " "));
        }
        addId(record, row);
        JsonArray messages = question(row);
        record.add("messages", messages);
        if (answer.answer() != null) {
            messages.add(message("assistant", answer.answer()));
            if (answer.probability() != null) {
                record.addProperty("probability", answer.probability());
            }
            threshold.ifPresent(each -> record.addProperty("unsure", each.unsure(answer.probability())));
        }
        return GSON.toJson(record);
    }

    private void addId(JsonObject record, int row) {
        int id = rows.columns().indexOf("id");
        if (id >= 0 && id != rows.textColumn()) {
            record.addProperty("id", rows.rows().get(row).get(id));
        }
    }

    private JsonArray question(int row) {
        JsonArray messages = new JsonArray();
        String instruction = saved.task().instruction();
        if (!instruction.isBlank()) {
            messages.add(message("system", instruction));
        }
        messages.add(message("user", rows.text(row).strip()));
        return messages;
    }

    private static JsonObject message(String role, String content) {
        JsonObject message = new JsonObject();
        message.addProperty("role", role);
        message.addProperty("content", content);
        return message;
    }

    @Override
    public boolean isFailed(String line) {
        return line.startsWith("{\"error\":");
    }

    @Override
    public boolean isUnsure(String line) {
        return line.endsWith("\"unsure\":true}");
    }

    @Override
    public String format() {
        return "conversations";
    }
}
