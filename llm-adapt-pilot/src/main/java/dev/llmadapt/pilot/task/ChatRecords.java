package dev.llmadapt.pilot.task;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Conversations of one question and one answer, as the files for OpenAI's fine-tuning have them, as a table: the column
 * {@code messages} becomes {@code text} and {@code answer}, and {@code system} where there is one; other columns stay.
 *
 * @param table the table
 * @param instruction the system message that all conversations begin with; empty if none has one
 * @param conversations whether the table was made of conversations; else it is as it was read
 */
record ChatRecords(Table table, String instruction, boolean conversations) {
    static final String TEXT = "text";
    static final String ANSWER = "answer";
    static final String MESSAGES = "messages";
    static final String SYSTEM = "system";

    /** Fields of OpenAI's files without which an answer is another one. */
    private static final Set<String> TOOLS = Set.of("tools", "functions", "parallel_tool_calls");

    /** A conversation; the answer is empty where it ends with the question. */
    private record Turn(String system, String question, String answer) {}

    /**
     * Reads conversations; a table without a column {@code messages} of JSON arrays is returned as it is.
     *
     * @throws TaskFileException if one is not a question with at most one answer, its instruction is not that of the
     *     others, or it needs tools; names the line
     */
    static ChatRecords of(Table read) {
        int messages = read.indexOf(MESSAGES);
        if (messages < 0
                || read.rows().stream()
                        .noneMatch(row -> row.cells().get(messages).startsWith("["))) {
            return new ChatRecords(read, "", false);
        }
        List<String> taken = read.columns().stream()
                .filter(name -> Set.of(TEXT, ANSWER, SYSTEM).contains(name.toLowerCase(Locale.ROOT)))
                .toList();
        if (!taken.isEmpty()) {
            throw new TaskFileException(
                    read.file(), "a record has either 'messages' or " + taken + ", found columns " + read.columns());
        }
        List<Turn> turns = new ArrayList<>();
        for (Table.Row row : read.rows()) {
            requireNoTools(read, row);
            if (row.cells().get(messages).isBlank()) {
                throw new TaskFileException(
                        read.file(), row.line(), "has no 'messages', expected a conversation as the other lines have");
            }
            Turn turn = turn(read, row, row.cells().get(messages));
            if (!turns.isEmpty() && !turn.system().equals(turns.get(0).system())) {
                throw new TaskFileException(
                        read.file(),
                        row.line(),
                        "another system message than in line "
                                + read.rows().get(0).line()
                                + "; a task has one instruction: put what differs into the user's message, or the"
                                + " conversations of each instruction into a file of their own");
            }
            turns.add(turn);
        }
        return new ChatRecords(table(read, messages, turns), turns.get(0).system(), true);
    }

    private static Table table(Table read, int messages, List<Turn> turns) {
        boolean instructed = !turns.get(0).system().isEmpty();
        List<String> columns = new ArrayList<>(List.of(TEXT, ANSWER));
        if (instructed) {
            columns.add(SYSTEM);
        }
        columns.addAll(without(read.columns(), messages));
        List<Table.Row> rows = new ArrayList<>();
        for (int i = 0; i < turns.size(); i++) {
            Turn turn = turns.get(i);
            List<String> cells = new ArrayList<>(List.of(turn.question(), turn.answer()));
            if (instructed) {
                cells.add(turn.system());
            }
            cells.addAll(without(read.rows().get(i).cells(), messages));
            rows.add(new Table.Row(read.rows().get(i).line(), cells));
        }
        return new Table(read.file(), columns, rows);
    }

    private static List<String> without(List<String> all, int place) {
        List<String> others = new ArrayList<>(all);
        others.remove(place);
        return others;
    }

    private static void requireNoTools(Table read, Table.Row row) {
        for (String name : TOOLS) {
            int column = read.indexOf(name);
            if (column >= 0
                    && !Set.of("", "[]", "false", "true").contains(row.cells().get(column))) {
                throw new TaskFileException(
                        read.file(),
                        row.line(),
                        "'" + name + "' is not supported in a task; 'train --data' learns conversations with tools");
            }
        }
    }

    private static Turn turn(Table read, Table.Row row, String cell) {
        try {
            JsonArray messages = JsonParser.parseString(cell).getAsJsonArray();
            List<String> roles = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (JsonElement element : messages) {
                JsonObject message = element.getAsJsonObject();
                String role = message.has("role") ? message.get("role").getAsString() : "";
                roles.add(role.equals("developer") ? SYSTEM : role);
                texts.add(content(message));
            }
            String shape = String.join(" ", roles);
            if (!shape.matches("(system )?user( assistant)?")) {
                throw new IllegalStateException(
                        "expected a user's message and one answer of the assistant, before them at most one system"
                                + " message, found " + (roles.isEmpty() ? "none" : roles)
                                + "; 'train --data' learns longer conversations");
            }
            int user = roles.indexOf("user");
            return new Turn(
                    user == 0 ? "" : texts.get(0).strip(),
                    texts.get(user),
                    user + 1 < texts.size() ? texts.get(user + 1) : "");
        } catch (IllegalStateException
                | IllegalArgumentException
                | JsonParseException
                | UnsupportedOperationException e) {
            throw new TaskFileException(read.file(), row.line(), "'messages': " + e.getMessage(), e);
        }
    }

    /** The text of a message: a string, or parts that are all text. */
    private static String content(JsonObject message) {
        for (String calls : List.of("tool_calls", "function_call")) {
            if (message.has(calls) && !message.get(calls).isJsonNull()) {
                throw new IllegalStateException(
                        "'" + calls + "' is not supported in a task; 'train --data' learns conversations with tools");
            }
        }
        JsonElement weight = message.get("weight");
        if (weight != null && !weight.isJsonNull() && weight.getAsDouble() != 1) {
            throw new IllegalStateException(
                    "a message of weight " + weight + " is not to be learned, so it is no answer");
        }
        JsonElement content = message.get("content");
        if (content == null || content.isJsonNull()) {
            throw new IllegalStateException("a message has no content");
        }
        if (!content.isJsonArray()) {
            return content.getAsString();
        }
        return content.getAsJsonArray().asList().stream()
                .map(part -> {
                    JsonObject object = part.getAsJsonObject();
                    if (!object.has(TEXT)) {
                        throw new IllegalStateException("a part of a message is no text but " + object.keySet());
                    }
                    return object.get(TEXT).getAsString();
                })
                .collect(Collectors.joining("\n"));
    }
}
