package dev.llmadapt.text;

import java.io.IOException;
import java.io.InputStream;

/** A window that moves over the bytes of a stream: those from the position to the end are read and not yet used. */
final class ByteWindow {
    final byte[] bytes = new byte[1 << 16];
    int position;
    int end;
    private final InputStream in;

    ByteWindow(InputStream in) {
        this.in = in;
    }

    /** Reads on where all bytes are used; false at the end of the stream. */
    boolean fill() throws IOException {
        if (position == end) {
            position = 0;
            end = Math.max(0, in.read(bytes));
        }
        return position < end;
    }
}
