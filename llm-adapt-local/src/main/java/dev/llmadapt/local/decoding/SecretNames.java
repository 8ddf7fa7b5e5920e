package dev.llmadapt.local.decoding;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.checkpoint.AddedToken;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Names of a tokenizer's special tokens that no text contains: 120 random bits each, told to nobody. The tokenizers
 * library reads a special token wherever its text stands. Under these names it finds those that the caller wrote by
 * name, with their ids and their ways of taking white space, and what a person wrote is text: to the search for added
 * tokens, to the merges of BPE and to the pieces of Unigram and WordPiece alike.
 *
 * <p>Names are made of Braille patterns, which no normaliser changes or joins with what stands beside them, and which
 * are neither letters nor white space.
 */
final class SecretNames {
    private static final int FIRST = 0x2801; // Braille patterns with at least one dot
    private static final int PATTERNS = 255;
    private static final int SECRET = 15;

    private final List<AddedToken> tokens;
    private final Map<String, String> names = new HashMap<>();

    SecretNames(List<AddedToken> tokens) {
        this.tokens = tokens;
        StringBuilder secret = new StringBuilder();
        new SecureRandom().ints(SECRET, FIRST, FIRST + PATTERNS).forEach(pattern -> secret.append((char) pattern));
        for (AddedToken token : tokens) {
            if (token.special()) {
                int number = names.size();
                names.put(
                        token.content(),
                        secret.toString()
                                + (char) (FIRST + number / (PATTERNS * PATTERNS))
                                + (char) (FIRST + number / PATTERNS % PATTERNS)
                                + (char) (FIRST + number % PATTERNS));
            }
        }
    }

    /** Returns the secret name of a special token. */
    String of(AddedToken token) {
        return names.getOrDefault(token.content(), token.content());
    }

    /**
     * Returns a {@code tokenizer.json} in which special tokens have these names, a vocabulary their ids, and which
     * encodes a text without anything around it.
     */
    String in(TokenizerFiles files) {
        StringWriter text = new StringWriter(files.json().length() + 64 * tokens.size());
        try (JsonReader from = new JsonReader(new StringReader(files.json()));
                JsonWriter to = new JsonWriter(text)) {
            to.setSerializeNulls(true);
            to.setHtmlSafe(false);
            from.beginObject();
            to.beginObject();
            to.name("added_tokens")
                    .jsonValue(tokens.stream()
                            .map(token -> token.json(of(token), token.singleWord() && !token.special()))
                            .collect(Collectors.joining(",", "[", "]")));
            while (from.hasNext()) {
                String field = from.nextName();
                switch (field) {
                    case "added_tokens", "post_processor", "truncation", "padding" -> from.skipValue();
                    case "model" -> model(from, to.name(field));
                    default -> copy(from, to.name(field));
                }
            }
            from.endObject();
            to.endObject();
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw new CheckpointException("tokenizer.json cannot be used: " + e.getMessage(), e);
        }
        return text.toString();
    }

    private void model(JsonReader from, JsonWriter to) throws IOException {
        from.beginObject();
        to.beginObject();
        while (from.hasNext()) {
            String field = from.nextName();
            to.name(field);
            switch (field) {
                case "vocab" -> vocabulary(from, to);
                case "merges" -> merges(from, to);
                case "unk_token" -> {
                    if (from.peek() == JsonToken.STRING) {
                        String unknown = from.nextString();
                        to.value(names.getOrDefault(unknown, unknown));
                    } else {
                        copy(from, to);
                    }
                }
                case "dropout" -> { // makes the tokens of a text random, for training
                    from.skipValue();
                    to.nullValue();
                }
                default -> copy(from, to);
            }
        }
        from.endObject();
        to.endObject();
    }

    private void vocabulary(JsonReader from, JsonWriter to) throws IOException {
        if (from.peek() == JsonToken.BEGIN_OBJECT) {
            from.beginObject();
            to.beginObject();
            while (from.hasNext()) {
                String token = from.nextName();
                copy(from, to.name(names.getOrDefault(token, token)));
            }
            from.endObject();
            to.endObject();
            return;
        }
        from.beginArray();
        to.beginArray();
        while (from.hasNext()) {
            from.beginArray();
            to.beginArray();
            String piece = from.nextString();
            to.value(names.getOrDefault(piece, piece));
            while (from.hasNext()) {
                copy(from, to);
            }
            from.endArray();
            to.endArray();
        }
        from.endArray();
        to.endArray();
    }

    /** Returns the merges but those that would make a special token of its characters. */
    private void merges(JsonReader from, JsonWriter to) throws IOException {
        from.beginArray();
        to.beginArray();
        while (from.hasNext()) {
            if (from.peek() == JsonToken.STRING) {
                String merge = from.nextString();
                int space = merge.indexOf(' ');
                if (space < 0 || !secret(merge.substring(0, space), merge.substring(space + 1))) {
                    to.value(merge);
                }
            } else {
                from.beginArray();
                String left = from.nextString();
                String right = from.nextString();
                from.endArray();
                if (!secret(left, right)) {
                    to.beginArray().value(left).value(right).endArray();
                }
            }
        }
        from.endArray();
        to.endArray();
    }

    private boolean secret(String left, String right) {
        return names.containsKey(left) || names.containsKey(right) || names.containsKey(left + right);
    }

    /** Copies a JSON value; numbers stay as they are written. */
    private static void copy(JsonReader from, JsonWriter to) throws IOException {
        int depth = 0;
        do {
            switch (from.peek()) {
                case BEGIN_OBJECT -> {
                    from.beginObject();
                    to.beginObject();
                    depth++;
                }
                case END_OBJECT -> {
                    from.endObject();
                    to.endObject();
                    depth--;
                }
                case BEGIN_ARRAY -> {
                    from.beginArray();
                    to.beginArray();
                    depth++;
                }
                case END_ARRAY -> {
                    from.endArray();
                    to.endArray();
                    depth--;
                }
                case NAME -> to.name(from.nextName());
                case STRING -> to.value(from.nextString());
                case NUMBER -> to.jsonValue(from.nextString());
                case BOOLEAN -> to.value(from.nextBoolean());
                default -> {
                    from.nextNull();
                    to.nullValue();
                }
            }
        } while (depth > 0);
    }
}
