package dev.llmadapt.pilot;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.llmadapt.LlmAdaptException;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The record of the work that a pilot has done, a line of JSON for each piece: its key, how long it took, its result. A
 * piece that is there is not done again, so a run that was stopped goes on where it was. A last line that was cut off
 * is dropped.
 *
 * <p>Time is what the pieces took, added up, and not the clock's: so a resumed run decides as one that was never
 * stopped.
 */
final class Journal implements AutoCloseable {
    private static final String KEY = "key";
    private static final String NANOS = "nanos";
    private static final long MAX_BYTES = 512L << 20;

    private final Map<String, JsonObject> done = new LinkedHashMap<>();
    private final Set<String> counted = new HashSet<>();
    private final @Nullable Writer writer;
    private final Gson gson = new Gson();
    private long nanos;

    private Journal() {
        writer = null;
    }

    /** A journal in memory. */
    static Journal inMemory() {
        return new Journal();
    }

    /**
     * A journal in a file, which goes on if the file is of the same run.
     *
     * @param run tells this run from others
     * @throws LlmAdaptException if the file belongs to another run, is in use by one, or cannot be read
     */
    static Journal open(Path file, String run) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                lock(channel, file);
                return new Journal(file, channel, run);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LlmAdaptException("the journal " + file + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Locks the file, since two runs would spoil it; the lock ends with the process, however that ends. */
    private static void lock(FileChannel channel, Path file) throws IOException {
        boolean locked;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            locked = false;
        }
        if (!locked) {
            throw new LlmAdaptException(file + " is in use by another run; wait for it, or choose another folder");
        }
    }

    private Journal(Path file, FileChannel channel, String run) throws IOException {
        if (channel.size() > MAX_BYTES) {
            throw new LlmAdaptException(file + " is larger than a journal can be; delete it to begin anew");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
        do { // a piece at a time: a channel takes direct memory as large as what it is to fill
            bytes.limit(Math.min(bytes.capacity(), bytes.position() + (1 << 20)));
        } while (bytes.hasRemaining() && channel.read(bytes) >= 0);
        // what was cut off is removed, so that what comes next begins on a line of its own
        channel.truncate(read(bytes.array(), done));
        channel.position(channel.size());
        writer = Channels.newWriter(channel, StandardCharsets.UTF_8);
        JsonObject head = done.remove("run");
        if (head == null) {
            JsonObject first = new JsonObject();
            first.addProperty(KEY, "run");
            first.addProperty("value", run);
            write(first);
        } else if (!run.equals(head.get("value").getAsString())) {
            throw new LlmAdaptException(file + " is the journal of a run on another task, model or with other"
                    + " candidates or options; choose another folder, or delete this one to begin anew");
        }
    }

    /** Reads the entries up to the first that is broken or has no end of line, and tells how many bytes they are. */
    private static long read(byte[] bytes, Map<String, JsonObject> found) {
        int begin = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                JsonObject entry = parse(new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
                if (entry == null) {
                    break;
                }
                found.put(entry.get(KEY).getAsString(), entry);
                begin = i + 1;
            }
        }
        return begin;
    }

    private static @Nullable JsonObject parse(String line) {
        try {
            JsonObject entry = JsonParser.parseString(line).getAsJsonObject();
            return entry.has(KEY) && (entry.has(NANOS) || entry.has("value")) ? entry : null;
        } catch (JsonParseException | IllegalStateException e) {
            return null;
        }
    }

    /** The result of a piece of work, if it was done. */
    Optional<JsonObject> find(String key) {
        return Optional.ofNullable(done.get(key));
    }

    /** Does a piece of work unless it was done; its result says in {@code nanos} how long it took. */
    JsonObject once(String key, Supplier<JsonObject> work) {
        JsonObject known = done.get(key);
        if (known != null) {
            count(key, known);
            return known;
        }
        JsonObject entry = work.get();
        entry.addProperty(KEY, key);
        if (!entry.has(NANOS)) {
            entry.addProperty(NANOS, 0L);
        }
        write(entry);
        done.put(key, entry);
        count(key, entry);
        return entry;
    }

    /** The nanoseconds that all pieces took that this run has come to. */
    long nanos() {
        return nanos;
    }

    /** Counted when the run comes to it, and once: so a resumed run sees the time it had seen at that point. */
    private void count(String key, JsonObject entry) {
        if (counted.add(key)) {
            nanos += entry.get(NANOS).getAsLong();
        }
    }

    private void write(JsonObject entry) {
        if (writer == null) {
            return;
        }
        try {
            writer.write(gson.toJson(entry));
            writer.write('\n');
            writer.flush();
        } catch (IOException e) {
            throw new LlmAdaptException("the journal cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (writer == null) {
            return;
        }
        try {
            writer.close();
        } catch (IOException e) {
            throw new LlmAdaptException("the journal cannot be closed: " + e.getMessage(), e);
        }
    }
}
