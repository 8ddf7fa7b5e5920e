package dev.llmadapt.text;

import java.io.IOException;

/**
 * The lines of a text, each ended by a line feed, a carriage return, or both, which are not part of it. For one thread;
 * the stream stays the caller's.
 */
public final class Lines implements TextRecords {
    private final Utf8Input in;
    private final byte[] buffer = new byte[1 << 16];
    private final RecordBytes current;
    private int position;
    private int end;
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
        this.current = new RecordBytes(maxBytes);
    }

    @Override
    public boolean advance() throws IOException {
        current.clear();
        if (afterReturn && fill() && buffer[position] == '\n') {
            position++;
        }
        afterReturn = false;
        boolean ended = false;
        while (!ended && fill()) {
            int from = position;
            while (position < end && buffer[position] != '\n' && buffer[position] != '\r') {
                position++;
            }
            current.add(buffer, from, position);
            ended = position < end;
            if (ended) {
                afterReturn = buffer[position] == '\r';
                position++;
            }
        }
        if (!ended && current.isEmpty()) {
            return false;
        }
        line++;
        return true;
    }

    private boolean fill() throws IOException {
        if (position == end) {
            position = 0;
            end = Math.max(0, in.read(buffer));
        }
        return position < end;
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
