package dev.llmadapt.local.decoding;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that each token stands for, by the vocabulary of {@code tokenizer.json}: pieces in GPT-2's byte alphabet
 * where the decoder is byte-level, else SentencePiece's, with its sign for a blank and its tokens of one byte.
 * Immutable.
 */
final class TokenBytes {
    private static final byte[] NO_TEXT = {};
    /** Decoders that give the bytes of SentencePiece's pieces. */
    private static final Set<String> SENTENCE_PIECE =
            new TreeSet<>(Set.of("Sequence", "Replace", "ByteFallback", "Fuse", "Strip", "Metaspace"));

    private final byte[][] bytes;

    private TokenBytes(byte[][] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads the bytes of a tokenizer's tokens.
     *
     * @throws IllegalArgumentException if its decoder makes of tokens what is not their bytes
     */
    static TokenBytes of(TokenizerFiles files) {
        return of(files, Map.of());
    }

    /**
     * Reads the bytes of a tokenizer's tokens, and takes some special tokens as text.
     *
     * @param shown the texts of these special tokens by their ids
     * @throws IllegalArgumentException if its decoder makes of tokens what is not their bytes
     */
    static TokenBytes of(TokenizerFiles files, Map<Integer, String> shown) {
        JsonObject json = JsonParser.parseString(files.json()).getAsJsonObject();
        Set<String> decoders = decoders(json.get("decoder"));
        boolean byteLevel = decoders.contains("ByteLevel");
        if (!byteLevel && (decoders.isEmpty() || !SENTENCE_PIECE.containsAll(decoders))) {
            throw new IllegalArgumentException("an answer of this model cannot be constrained: its tokenizer decodes"
                    + " tokens by " + decoders + ", expected ByteLevel or some of " + SENTENCE_PIECE
                    + "; ask without the constraint and check the answer");
        }
        JsonElement vocabulary = json.getAsJsonObject("model").get("vocab");
        int size = 0;
        if (vocabulary.isJsonArray()) {
            size = vocabulary.getAsJsonArray().size();
        } else {
            for (Map.Entry<String, JsonElement> entry :
                    vocabulary.getAsJsonObject().entrySet()) {
                size = Math.max(size, entry.getValue().getAsInt() + 1);
            }
        }
        byte[][] bytes = new byte[size][];
        Arrays.fill(bytes, NO_TEXT);
        if (vocabulary.isJsonArray()) {
            JsonArray pieces = vocabulary.getAsJsonArray();
            for (int id = 0; id < size; id++) {
                bytes[id] = bytes(pieces.get(id).getAsJsonArray().get(0).getAsString(), byteLevel);
            }
        } else {
            for (Map.Entry<String, JsonElement> entry :
                    vocabulary.getAsJsonObject().entrySet()) {
                bytes[entry.getValue().getAsInt()] = bytes(entry.getKey(), byteLevel);
            }
        }
        // what is special is no text
        for (int special : files.specialTokens().values()) {
            if (special < size) {
                String text = shown.get(special);
                bytes[special] = text == null ? NO_TEXT : text.getBytes(StandardCharsets.UTF_8);
            }
        }
        return new TokenBytes(bytes);
    }

    /** Returns the types of a decoder and of those in it. */
    private static Set<String> decoders(@Nullable JsonElement decoder) {
        Set<String> types = new TreeSet<>();
        if (decoder instanceof JsonObject object) {
            types.add(object.get("type").getAsString());
            if (object.get("decoders") instanceof JsonArray parts) {
                parts.forEach(part -> types.addAll(decoders(part)));
            }
        }
        return types;
    }

    /** Returns the bytes of all tokens by their ids, none of one that is not text; not to be changed. */
    byte[][] all() {
        return bytes;
    }

    private static byte[] bytes(String stored, boolean byteLevel) {
        String piece = stored.replace(TokenizerFiles.AGAIN, "");
        if (byteLevel) {
            byte[] bytes = new byte[piece.length()];
            for (int i = 0; i < bytes.length; i++) {
                int value = byteLevel(piece.charAt(i));
                if (value < 0) {
                    return piece.getBytes(StandardCharsets.UTF_8); // an added token, written as it is
                }
                bytes[i] = (byte) value;
            }
            return bytes;
        }
        if (piece.matches("<0x[0-9A-F]{2}>")) {
            return new byte[] {(byte) Integer.parseInt(piece.substring(3, 5), 16)};
        }
        return piece.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns the byte that a character of GPT-2's alphabet stands for: printable ones for themselves, the others in
     * order from 256.
     */
    private static int byteLevel(char c) {
        if ((c >= '!' && c <= '~') || (c >= 0xA1 && c <= 0xAC) || (c >= 0xAE && c <= 0xFF)) {
            return c;
        }
        int order = c - 256;
        if (order < 0 || order > 67) {
            return -1;
        }
        return order <= 32 ? order : order <= 66 ? order - 33 + 0x7F : 0xAD;
    }
}
