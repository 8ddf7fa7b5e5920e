package dev.llmadapt.local.decoding;

import dev.llmadapt.InferenceException;
import dev.llmadapt.JsonSchema;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A chooser that restricts an answer to JSON of a schema: tokens with a byte that may not stand there get no
 * probability, and the rest is chosen as the sampler would. Complete with the last bracket.
 */
final class JsonChooser implements Chooser {
    private final TokenBytes tokens;
    private final Sampler sampler;
    private JsonState state;

    /**
     * Makes a chooser for one answer.
     *
     * @param sampler for which no token ends an answer
     */
    JsonChooser(JsonSchema.ObjectOf schema, TokenBytes tokens, Sampler sampler) {
        this.state = JsonState.of(schema);
        this.tokens = tokens;
        this.sampler = sampler;
    }

    /**
     * Chooses the next token among those whose bytes may come.
     *
     * @throws InferenceException if there are none
     */
    @Override
    public int choose(float[] logits) {
        boolean[] first = new boolean[256];
        for (int value = 0; value < first.length; value++) {
            first[value] = state.next(value) != null;
        }
        int plain = state.plainCharacters();
        boolean any = false;
        for (int id = 0; id < logits.length; id++) {
            if (id < tokens.size() && allowed(id, first, plain)) {
                any = true;
            } else {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
        if (!any) {
            throw new InferenceException(
                    "no token of the model's vocabulary goes on with the JSON that was begun: of the "
                            + "bytes " + allowed(first)
                            + " that may come next none begins one; such a tokenizer cannot write "
                            + "this schema");
        }
        int id = sampler.choose(logits);
        state = Objects.requireNonNull(after(tokens.of(id)));
        return id;
    }

    /**
     * Whether a token may come, by its first byte, then as plain text within a text of so many characters, then byte by
     * byte.
     */
    private boolean allowed(int id, boolean[] first, int plain) {
        byte[] bytes = tokens.of(id);
        if (bytes.length == 0 || !first[Byte.toUnsignedInt(bytes[0])]) {
            return false;
        }
        int characters = tokens.plainCharacters(id);
        return (characters > 0 && characters <= plain) || after(bytes) != null;
    }

    private static String allowed(boolean[] first) {
        StringJoiner bytes = new StringJoiner(" ", "[", "]");
        for (int value = 0; value < first.length; value++) {
            if (first[value]) {
                bytes.add(String.format(Locale.ROOT, "%02X", value));
            }
        }
        return bytes.toString();
    }

    private @Nullable JsonState after(byte[] bytes) {
        JsonState at = state;
        for (byte each : bytes) {
            at = at.next(Byte.toUnsignedInt(each));
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    @Override
    public boolean complete() {
        return state.end();
    }
}
