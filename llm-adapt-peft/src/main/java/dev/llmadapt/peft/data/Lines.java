package dev.llmadapt.peft.data;

import java.io.IOException;
import java.io.InputStream;

/**
 * Lines of UTF-8 text, ended by a line feed; a byte order mark before the first is left out, a carriage return before the
 * line feed stays. For one thread; the stream stays the caller's.
 */
public final class Lines implements TextRecords {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private final RecordBytes current;
    private int position;
    private int end;
    private boolean atEnd;
    private long line;

    /**
     * The lines of a stream.
     *
     * @param in closed by the caller
     * @param maxBytes the longest line that is kept
     */
    public Lines(InputStream in, int maxBytes) {
        this.in = in;
        this.current = new RecordBytes(maxBytes);
    }

    @Override
    public boolean advance() throws IOException {
        current.clear();
        boolean ended = false;
        while (!ended && fill()) {
            int from = position;
            while (position < end && buffer[position] != '\n') {
                position++;
            }
            current.add(buffer, from, position);
            ended = position < end;
            position += ended ? 1 : 0;
        }
        if (!ended && current.isEmpty()) {
            return false;
        }
        line++;
        return true;
    }

    private boolean fill() throws IOException {
        if (position == end && !atEnd) {
            boolean first = end == 0;
            // A short first read must not split the byte order mark.
            int count = first ? in.readNBytes(buffer, 0, buffer.length) : in.read(buffer);
            atEnd = count <= 0;
            end = Math.max(count, 0);
            position = first && startsWithMark() ? BYTE_ORDER_MARK.length : 0;
            return position < end || fill();
        }
        return position < end;
    }

    private boolean startsWithMark() {
        for (int i = 0; i < BYTE_ORDER_MARK.length; i++) {
            if (end <= i || buffer[i] != BYTE_ORDER_MARK[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public String text() throws BrokenRecord {
        return current.text();
    }
}
