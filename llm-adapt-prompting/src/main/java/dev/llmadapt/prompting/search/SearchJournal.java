package dev.llmadapt.prompting.search;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.text.BrokenRecord;
import dev.llmadapt.text.StrictJson;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The record of the calls of a search, a line of JSON each, by all that the model was asked: what was asked before is
 * not asked again, whatever the options of the search are now. A last line that was cut off is dropped.
 */
final class SearchJournal implements AutoCloseable {
    private static final String KEY = "key";
    private static final String RUN = "run";
    private static final long MAX_BYTES = 512L << 20;

    private final Map<String, JsonObject> done = new HashMap<>();
    private final @Nullable RandomAccessFile file;
    private final Gson gson = new Gson();

    private SearchJournal(@Nullable RandomAccessFile file) {
        this.file = file;
    }

    /**
     * Opens a journal, which goes on where the file has one of the same models.
     *
     * @param file the file, made if it is missing; empty for a journal in memory
     * @param models tells these models from others
     * @throws LlmAdaptException if the file is of other models, is in use by another search, or cannot be read
     */
    static SearchJournal open(Optional<Path> file, String models) {
        if (file.isEmpty()) {
            return new SearchJournal(null);
        }
        Path path = file.get();
        try {
            // not a channel, which an interrupt of the thread closes
            RandomAccessFile opened = new RandomAccessFile(path.toFile(), "rw");
            try {
                lock(opened, path);
                SearchJournal journal = new SearchJournal(opened);
                journal.read(opened, path, models);
                return journal;
            } catch (IOException | RuntimeException e) {
                opened.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LlmAdaptException("the journal " + path + " cannot be opened: " + e, e);
        }
    }

    private static void lock(RandomAccessFile opened, Path file) throws IOException {
        boolean locked;
        try {
            locked = opened.getChannel().tryLock() != null;
        } catch (OverlappingFileLockException e) {
            locked = false;
        }
        if (!locked) {
            throw new LlmAdaptException(file + " is in use by another search; wait for it, or name another file");
        }
    }

    private void read(RandomAccessFile opened, Path file, String models) throws IOException {
        if (opened.length() > MAX_BYTES) {
            throw new LlmAdaptException(file + " is larger than a journal can be; delete it to begin anew");
        }
        byte[] all = new byte[(int) opened.length()];
        opened.readFully(all);
        int begin = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == '\n') {
                JsonObject entry = parse(new String(all, begin, i - begin, StandardCharsets.UTF_8));
                if (entry == null) {
                    break;
                }
                done.put(entry.get(KEY).getAsString(), entry);
                begin = i + 1;
            }
        }
        if (begin == 0 && all.length > 0 && all[0] != '{') {
            throw new LlmAdaptException(file + " is no journal of a search; name another file");
        }
        JsonObject head = done.remove(RUN);
        if (head == null && !done.isEmpty()) {
            throw new LlmAdaptException(file + " is no journal of a search; name another file");
        }
        opened.setLength(begin);
        opened.seek(begin);
        if (head == null) {
            JsonObject first = new JsonObject();
            first.addProperty(KEY, RUN);
            first.addProperty("models", models);
            write(first, opened);
        } else if (!models.equals(text(head, "models"))) {
            throw new LlmAdaptException(file + " is the journal of a search with " + text(head, "models")
                    + ", this one is with " + models + "; name another file, or delete this one to begin anew");
        }
    }

    private static String text(JsonObject entry, String name) {
        JsonElement value = entry.get(name);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }

    private static @Nullable JsonObject parse(String line) {
        try {
            JsonObject entry = StrictJson.object(line);
            return text(entry, KEY).isEmpty() ? null : entry;
        } catch (BrokenRecord e) {
            return null;
        }
    }

    /** Makes a call unless it was made; its entry is written as a whole line. */
    JsonObject once(String key, Supplier<JsonObject> call) {
        JsonObject known = done.get(key);
        if (known != null) {
            return known;
        }
        JsonObject entry = call.get();
        entry.addProperty(KEY, key);
        if (file != null) {
            write(entry, file);
        }
        done.put(key, entry);
        return entry;
    }

    private void write(JsonObject entry, RandomAccessFile to) {
        try {
            to.write((gson.toJson(entry) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new LlmAdaptException("the journal of the search cannot be written: " + e, e);
        }
    }

    @Override
    public void close() {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (IOException e) {
            throw new LlmAdaptException("the journal of the search cannot be closed: " + e, e);
        }
    }
}
