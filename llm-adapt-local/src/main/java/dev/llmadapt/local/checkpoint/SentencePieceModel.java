package dev.llmadapt.local.checkpoint;

import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code tokenizer.model} of SentencePiece (Kudo and Richardson 2018): what a decoder's tokenizer needs of its
 * protobuf messages ({@code sentencepiece_model.proto}).
 *
 * @param pieces in the order of their ids
 * @param prefixSpace whether a space is put before a text
 */
record SentencePieceModel(List<Piece> pieces, boolean prefixSpace) {
    private static final long LIMIT = 64 << 20;
    private static final int BPE = 2;

    /**
     * A token.
     *
     * @param type as {@link TokenizerWriter} numbers them
     */
    record Piece(String text, float score, int type) {}

    /**
     * Reads a model.
     *
     * @throws CheckpointException if it is damaged, or no BPE over texts as they are
     */
    static SentencePieceModel read(Path file) {
        byte[] bytes;
        try {
            long size = Files.size(file);
            if (size > LIMIT) {
                throw new CheckpointException(file + " has " + size + " bytes, at most " + LIMIT + " were expected");
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + e.getMessage(), e);
        }
        List<Piece> pieces = new ArrayList<>();
        int kind = 1;
        String normalizer = "identity";
        boolean prefixSpace = true;
        boolean squeezes = true;
        Message model = new Message(file, ByteBuffer.wrap(bytes));
        while (model.next()) {
            if (model.is(1, Message.BYTES)) {
                pieces.add(piece(model.message()));
            } else if (model.is(2, Message.BYTES)) {
                Message trainer = model.message();
                while (trainer.next()) {
                    kind = trainer.is(3, Message.VARINT) ? (int) trainer.integer : kind;
                }
            } else if (model.is(3, Message.BYTES)) {
                Message rules = model.message();
                while (rules.next()) {
                    normalizer = rules.is(1, Message.BYTES) ? rules.text() : normalizer;
                    prefixSpace = rules.is(3, Message.VARINT) ? rules.integer != 0 : prefixSpace;
                    squeezes = rules.is(4, Message.VARINT) ? rules.integer != 0 : squeezes;
                }
            }
        }
        if (kind != BPE || !normalizer.equals("identity") || squeezes) {
            throw new CheckpointException(
                    file + " is of model_type " + kind + ", its texts are normalised by '"
                            + normalizer + "'" + (squeezes ? " and lose runs of spaces" : "")
                            + "; expected BPE (2) over texts as they are: save the tokenizer as tokenizer.json with transformers");
        }
        return new SentencePieceModel(List.copyOf(pieces), prefixSpace);
    }

    private static Piece piece(Message message) {
        String text = "";
        float score = 0;
        int type = TokenizerWriter.NORMAL;
        while (message.next()) {
            if (message.is(1, Message.BYTES)) {
                text = message.text();
            } else if (message.is(2, Message.FIXED32)) {
                score = Float.intBitsToFloat((int) message.integer);
            } else if (message.is(3, Message.VARINT)) {
                type = (int) message.integer;
            }
        }
        if (text.isEmpty() || Float.isNaN(score)) {
            throw message.bad("a piece without a text, or whose score is not a number");
        }
        return new Piece(text, score, type);
    }

    /** A protobuf message, field by field; every length is checked against it. */
    private static final class Message {
        static final int VARINT = 0;
        static final int FIXED64 = 1;
        static final int BYTES = 2;
        static final int FIXED32 = 5;

        private final Path file;
        private final ByteBuffer data; // from the next field to the end
        private int number;
        private int wire;
        private long integer;
        private ByteBuffer content = ByteBuffer.allocate(0);

        Message(Path file, ByteBuffer data) {
            this.file = file;
            this.data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        }

        /** Goes to the next field, if there is one. */
        boolean next() {
            if (!data.hasRemaining()) {
                return false;
            }
            long tag = varint();
            number = (int) Math.min(tag >>> 3, Integer.MAX_VALUE);
            wire = (int) (tag & 7);
            switch (wire) {
                case VARINT -> integer = varint();
                case FIXED64 -> content = take(8);
                case BYTES -> content = take(varint());
                case FIXED32 -> integer = take(4).order(ByteOrder.LITTLE_ENDIAN).getInt();
                default -> throw bad("a field of the wire type " + wire);
            }
            return true;
        }

        boolean is(int field, int kind) {
            return number == field && wire == kind;
        }

        Message message() {
            return new Message(file, content);
        }

        String text() {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(content.duplicate())
                        .toString();
            } catch (CharacterCodingException e) {
                throw new CheckpointException(file + " is not a SentencePiece model: a text is not valid UTF-8", e);
            }
        }

        private ByteBuffer take(long length) {
            if (length < 0 || length > data.remaining()) {
                throw bad("a field of " + length + " bytes where " + data.remaining() + " are left");
            }
            ByteBuffer taken = data.slice(data.position(), (int) length);
            data.position(data.position() + (int) length);
            return taken;
        }

        private long varint() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                if (!data.hasRemaining()) {
                    throw bad("a number that is cut off");
                }
                byte next = data.get();
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw bad("a number of more than 64 bits");
        }

        CheckpointException bad(String what) {
            return new CheckpointException(file + " is not a SentencePiece model: it has " + what);
        }
    }
}
