package dev.llmadapt.text;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stream that reads text of any length and encoding as UTF-8, without its byte order mark. Bytes without a meaning in
 * the encoding become a byte that UTF-8 never has, so that only the record around them is broken. For one thread;
 * closing it closes the stream it reads.
 */
public final class Utf8Input extends BufferedInputStream {
    private static final byte NOTHING = (byte) 0xFF;

    private final TextEncoding encoding;

    private Utf8Input(InputStream in, TextEncoding encoding) {
        super(in, 1 << 16);
        this.encoding = encoding;
    }

    /** Opens a file, read in the encoding of its byte order mark, else in UTF-8; the caller closes it. */
    public static Utf8Input open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            return of(in, null);
        } catch (IOException | RuntimeException | Error e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads a stream in the encoding of its byte order mark, else in the one declared, else in UTF-8.
     *
     * @param declared the declared encoding, or null where there is none
     */
    public static Utf8Input of(InputStream in, @Nullable TextEncoding declared) throws IOException {
        byte[] first = new byte[4];
        PushbackInputStream rest = new PushbackInputStream(in, first.length);
        int length = rest.readNBytes(first, 0, first.length);
        Optional<TextEncoding.Mark> mark = TextEncoding.mark(first, length);
        int skipped = mark.map(TextEncoding.Mark::length).orElse(0);
        rest.unread(first, skipped, length - skipped);
        TextEncoding encoding =
                mark.map(TextEncoding.Mark::encoding).orElse(declared == null ? TextEncoding.UTF_8 : declared);
        boolean asItIs = encoding.charset().equals(StandardCharsets.UTF_8);
        return new Utf8Input(asItIs ? rest : new Transcoded(rest, encoding), encoding);
    }

    /** The encoding that the bytes were in. */
    public TextEncoding encoding() {
        return encoding;
    }

    /** A stream of text in another encoding, as UTF-8. */
    private static final class Transcoded extends InputStream {
        private final InputStream in;
        private final TextEncoding encoding;
        private final CharsetDecoder decoder;
        private final ByteBuffer raw = ByteBuffer.allocate(1 << 13).limit(0);
        private final CharBuffer characters = CharBuffer.allocate(1 << 13);
        private ByteBuffer ready = ByteBuffer.allocate(0);
        private boolean atEnd;
        private boolean flushed;

        Transcoded(InputStream in, TextEncoding encoding) {
            this.in = in;
            this.encoding = encoding;
            this.decoder = encoding.decoder();
        }

        @Override
        public int read() throws IOException {
            return fill() ? ready.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, ready.remaining());
            ready.get(to, offset, count);
            return count;
        }

        private boolean fill() throws IOException {
            while (!ready.hasRemaining()) {
                if (flushed) {
                    return false;
                }
                decode();
            }
            return true;
        }

        private void decode() throws IOException {
            if (!atEnd) {
                raw.compact();
                int count = in.read(raw.array(), raw.position(), raw.remaining());
                atEnd = count < 0;
                raw.position(raw.position() + Math.max(0, count)).flip();
            }
            characters.clear();
            CoderResult result = decoder.decode(raw, characters, atEnd);
            if (result.isUnderflow() && atEnd) {
                result = decoder.flush(characters);
                flushed = result.isUnderflow();
            }
            boolean hole = result.isError();
            if (hole) {
                raw.position(raw.position() + result.length());
            }
            ready = encoded(characters.flip(), hole);
        }

        private ByteBuffer encoded(CharBuffer text, boolean hole) {
            ByteBuffer bytes = ByteBuffer.allocate(3 * text.length() + 1);
            int from = 0;
            for (int i = 0; i < text.length(); i++) {
                if (encoding.isHole(text.charAt(i))) {
                    bytes.put(StandardCharsets.UTF_8.encode(text.subSequence(from, i)));
                    bytes.put(NOTHING);
                    from = i + 1;
                }
            }
            bytes.put(StandardCharsets.UTF_8.encode(text.subSequence(from, text.length())));
            if (hole) {
                bytes.put(NOTHING);
            }
            return bytes.flip();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
