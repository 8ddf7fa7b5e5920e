package dev.llmadapt.text;

import java.io.IOException;

/**
 * The lines of a text, each ended by a line feed, a carriage return, or both, which are not part of it. For one thread;
 * the stream stays the caller's.
 */
public final class Lines implements TextRecords {
    private final Utf8Input in;
    private final ByteWindow window;
    private final RecordBytes current;
    private long line;
    private boolean afterReturn;

    /**
     * The lines of a stream.
     *
     * @param in the stream; closed by the caller
     * @param maxBytes the maximum length of a line, in bytes of UTF-8
     */
    public Lines(Utf8Input in, int maxBytes) {
        this.in = in;
        this.window = new ByteWindow(in);
        this.current = new RecordBytes(maxBytes);
    }

    @Override
    public boolean advance() throws IOException {
        current.clear();
        if (afterReturn && window.fill() && window.bytes[window.position] == '\n') {
            window.position++;
        }
        afterReturn = false;
        boolean ended = false;
        while (!ended && window.fill()) {
            byte[] bytes = window.bytes;
            int from = window.position;
            int at = from;
            while (at < window.end && bytes[at] != '\n' && bytes[at] != '\r') {
                at++;
            }
            current.add(bytes, from, at);
            ended = at < window.end;
            if (ended) {
                afterReturn = bytes[at] == '\r';
                at++;
            }
            window.position = at;
        }
        if (!ended && current.isEmpty()) {
            return false;
        }
        line++;
        return true;
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public String text() throws BrokenRecord {
        return current.text(in.encoding());
    }
}
