package dev.llmadapt.benchmarks;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The answers of a {@link Gsm8kTrial}, a line each after one of settings, so that a run that was stopped goes on. */
final class Gsm8kJournal {
    /**
     * An answer.
     *
     * @param strategy the strategy, as {@link Gsm8kTrial} names it
     * @param problem the index of the problem in its file
     * @param text the answer
     * @param promptTokens the tokens read
     * @param completionTokens the tokens written
     * @param seconds the time of its batch by the number of problems in it
     */
    record Entry(String strategy, int problem, String text, int promptTokens, int completionTokens, double seconds) {}

    private final Path file;
    private final Gson gson = new Gson();
    private final Map<String, Entry> entries = new HashMap<>();

    private Gsm8kJournal(Path file) {
        this.file = file;
    }

    /**
     * Opens a journal, which is made if it is not there.
     *
     * @param settings whatever decides the answers
     * @throws IllegalArgumentException if it is of other settings
     */
    static Gsm8kJournal open(Path file, String settings) throws IOException {
        Gsm8kJournal journal = new Gsm8kJournal(file);
        if (!Files.exists(file)) {
            Files.writeString(file, settings + "\n");
            return journal;
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.get(0).equals(settings)) {
            throw new IllegalArgumentException("the journal " + file + " is of other settings: "
                    + (lines.isEmpty() ? "none" : lines.get(0)) + ", expected " + settings + "; name another file");
        }
        if (!Files.readString(file).endsWith("\n")) {
            Files.writeString(file, "\n", StandardOpenOption.APPEND);
        }
        for (String line : lines.subList(1, lines.size())) {
            if (line.endsWith("}")) { // what a kill cut off is asked again
                journal.keep(journal.gson.fromJson(line, Entry.class));
            }
        }
        return journal;
    }

    private void keep(Entry entry) {
        entries.put(key(entry.strategy(), entry.problem()), entry);
    }

    private static String key(String strategy, int problem) {
        return strategy + " " + problem;
    }

    boolean has(String strategy, int problem) {
        return entries.containsKey(key(strategy, problem));
    }

    /** The answer of a strategy to a problem, which is there. */
    Entry get(String strategy, int problem) {
        Entry entry = entries.get(key(strategy, problem));
        if (entry == null) {
            throw new IllegalArgumentException("no answer of " + strategy + " to problem " + problem);
        }
        return entry;
    }

    /** Adds answers. */
    void add(List<Entry> more) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Entry entry : more) {
            lines.append(gson.toJson(entry)).append('\n');
            keep(entry);
        }
        Files.writeString(file, lines, StandardOpenOption.APPEND);
    }
}
