package dev.llmadapt.remote.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The data of server-sent events (WHATWG HTML, section 9.2), for one reader. Comments and unknown fields are left out;
 * the data of several lines are joined by line feeds. A field {@code error}, as older servers of llama.cpp write it, is
 * read as data. Lines are decoded when they are complete, so characters may be cut anywhere.
 */
final class EventStream {
    private static final int MAX_BYTES = 16 << 20; // of a line, and of an event

    private final BodyStream body;
    private final long deadline;
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private boolean first = true;
    private boolean afterReturn;

    EventStream(BodyStream body, long deadline) {
        this.body = body;
        this.deadline = deadline;
    }

    /** The data of the next event that has some; null at the end. */
    @Nullable
    String next() throws IOException, InterruptedException {
        StringBuilder data = new StringBuilder();
        boolean any = false;
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                if (any) {
                    return data.toString();
                }
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            if (field.equals("data") || field.equals("error")) {
                String value = colon < 0 ? "" : line.substring(colon + 1);
                data.append(any ? "\n" : "").append(value.startsWith(" ") ? value.substring(1) : value);
                any = true;
                if (data.length() > MAX_BYTES) {
                    throw new IOException("an event of the answer has more than " + MAX_BYTES + " characters");
                }
            }
        }
        return any ? data.toString() : null; // some servers end without an empty line
    }

    /** The next line, without its end; null at the end of the body. */
    private @Nullable String line() throws IOException, InterruptedException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (!bytes.hasRemaining()) {
                ByteBuffer next = body.next(deadline);
                if (next == null) {
                    return line.size() == 0 ? null : text(line);
                }
                bytes = next;
            }
            byte each = bytes.get();
            if (each == '\n' && afterReturn) {
                afterReturn = false; // the second half of the end of the line before
                continue;
            }
            afterReturn = each == '\r';
            if (each == '\n' || each == '\r') {
                return text(line);
            }
            line.write(each);
            if (line.size() > MAX_BYTES) {
                throw new IOException("a line of the answer has more than " + MAX_BYTES + " bytes");
            }
        }
    }

    private String text(ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        boolean marked = first && text.startsWith("\uFEFF");
        first = false;
        return marked ? text.substring(1) : text;
    }
}
