package dev.llmadapt.local.memory;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Copies between whole buffers and files, a piece at a time: a channel copies what lies in the heap through a direct
 * buffer as large as what it is given, which it keeps for the thread and which counts against
 * {@code MaxDirectMemorySize}.
 */
public final class Transfer {
    private static final int PIECE = 1 << 20;

    private Transfer() {}

    /** Writes a buffer from its position to its limit, and moves the position there. */
    public static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        int limit = bytes.limit();
        while (bytes.position() < limit) {
            bytes.limit(end(bytes, limit));
            channel.write(bytes);
        }
        bytes.limit(limit);
    }

    /**
     * Fills a buffer from its position to its limit, and moves the position there.
     *
     * @param at the offset in the file
     * @throws EOFException if the file ends before
     */
    public static void read(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        int start = bytes.position();
        int limit = bytes.limit();
        while (bytes.position() < limit) {
            bytes.limit(end(bytes, limit));
            if (channel.read(bytes, at + bytes.position() - start) < 0) {
                throw new EOFException("the file ended while it was read");
            }
        }
        bytes.limit(limit);
    }

    private static int end(ByteBuffer bytes, int limit) {
        return bytes.isDirect() ? limit : (int) Math.min(limit, bytes.position() + (long) PIECE);
    }
}
