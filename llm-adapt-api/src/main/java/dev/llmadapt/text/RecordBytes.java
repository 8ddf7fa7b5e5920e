package dev.llmadapt.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A buffer for the bytes of one record, up to a limit; of longer records only that they are too long is kept. */
final class RecordBytes {
    private final int limit;
    private byte[] bytes = new byte[1024];
    private int size;
    private boolean over;

    RecordBytes(int limit) {
        this.limit = limit;
    }

    void clear() {
        size = 0;
        over = false;
        // One huge record must not cost its memory for the rest of the file.
        if (bytes.length > 1 << 20) {
            bytes = new byte[1024];
        }
    }

    void add(byte[] from, int start, int end) {
        int length = Math.min(end - start, limit - size);
        over |= length < end - start;
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(size + length, 2L * bytes.length)));
        }
        System.arraycopy(from, start, bytes, size, length);
        size += length;
    }

    boolean isEmpty() {
        return size == 0 && !over;
    }

    String text(TextEncoding encoding) throws BrokenRecord {
        if (over) {
            throw new BrokenRecord("longer than " + limit + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, size);
        try {
            CharBuffer text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(in);
            if (text.toString().indexOf('\0') >= 0) {
                throw new BrokenRecord("it holds a zero byte; is it UTF-16 without a byte order mark?");
            }
            return text.toString();
        } catch (CharacterCodingException e) {
            String place = "at offset " + in.position() + " of the record";
            throw new BrokenRecord(
                    encoding.equals(TextEncoding.UTF_8)
                            ? String.format("not UTF-8, got byte 0x%02X ", bytes[in.position()] & 0xFF)
                                    + place
                                    + encoding.nextStep()
                            : "not " + encoding.name() + ", got bytes that stand for nothing " + place
                                    + encoding.nextStep());
        }
    }
}
