package dev.llmadapt.local.graph;

import dev.llmadapt.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * A reader of protobuf's wire format, a message at a time: {@link #next} goes to the next field, then the getters say
 * what it is. Every length is checked against the message before anything is made of it; messages inside are read only
 * when asked for, so that depth costs nothing.
 */
final class ProtobufReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH_DELIMITED = 2;
    static final int FIXED32 = 5;

    private final String file;
    private final ByteBuffer data; // the whole file, little-endian
    private final int end;
    private int at;
    private int fieldStart;
    private int contentStart;
    private int number;
    private int wire;
    private long integer;

    /** Reads a message that is a whole file; its name is for error messages. */
    ProtobufReader(String file, ByteBuffer data) {
        this(file, data.duplicate().order(ByteOrder.LITTLE_ENDIAN), data.position(), data.limit());
    }

    private ProtobufReader(String file, ByteBuffer data, int start, int end) {
        this.file = file;
        this.data = data;
        this.at = start;
        this.end = end;
    }

    /** Goes to the next field; returns whether there is one. */
    boolean next() {
        if (at == end) {
            return false;
        }
        fieldStart = at;
        long tag = readVarint();
        wire = (int) (tag & 7);
        number = (int) (tag >>> 3);
        if (tag >>> 32 != 0 || number == 0) {
            throw wrong("a field's number is " + (tag >>> 3));
        }
        contentStart = at;
        switch (wire) {
            case VARINT -> integer = readVarint();
            case FIXED64 -> skip(8);
            case FIXED32 -> skip(4);
            case LENGTH_DELIMITED -> {
                long length = readVarint();
                contentStart = at;
                skip(length);
            }
            default -> throw wrong("field " + number + " has the wire type " + wire + ", which is not used in models");
        }
        return true;
    }

    /** The field's number. */
    int number() {
        return number;
    }

    /** Returns the field as an integer. */
    long integer() {
        require(VARINT);
        return integer;
    }

    /** Returns the field as an integer that must not be negative and fits 31 bits. */
    int smallInteger() {
        long value = integer();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw wrong("field " + number + " is " + value + ", expected 0 to " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    /** Returns the field as a string. */
    String text() {
        require(LENGTH_DELIMITED);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes())
                    .toString();
        } catch (CharacterCodingException e) {
            throw wrong("field " + number + " is not UTF-8 text");
        }
    }

    /** Returns the field as a nested message. */
    ProtobufReader message() {
        require(LENGTH_DELIMITED);
        return new ProtobufReader(file, data, contentStart, at);
    }

    /** Passes on the field's integers, one or packed. */
    void integers(LongConsumer to) {
        if (wire == VARINT) {
            to.accept(integer);
            return;
        }
        ProtobufReader packed = message();
        while (packed.at < packed.end) {
            to.accept(packed.readVarint());
        }
    }

    /** Returns the field's content, as {@code Protobuf.bytes} writes it. A view, no copy. */
    ByteBuffer bytes() {
        require(LENGTH_DELIMITED);
        return data.slice(contentStart, at - contentStart).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the field with its tag, as it stands in the file. A view, no copy. */
    ByteBuffer raw() {
        return data.slice(fieldStart, at - fieldStart);
    }

    /** Returns the error for a malformed file. */
    CheckpointException wrong(String what) {
        return new CheckpointException(file + " is not a readable ONNX model: at byte " + fieldStart + ", " + what);
    }

    private void require(int expected) {
        if (wire != expected) {
            throw wrong("field " + number + " has the wire type " + wire + ", expected " + expected);
        }
    }

    private void skip(long length) {
        if (length < 0 || length > end - at) {
            throw wrong("field " + number + " claims " + Long.toUnsignedString(length) + " bytes, " + (end - at)
                    + " are left");
        }
        at += (int) length;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw wrong("a number is cut off");
            }
            byte next = data.get(at++);
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw wrong("a number is longer than ten bytes");
    }
}
