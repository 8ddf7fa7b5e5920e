package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.TokenTrie.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a tokenizer by their bytes, laid out for masks: a trie of all, and those apart that begin with plain
 * characters, which stand in a JSON string as they are. Thread-safe.
 */
public final class Vocabulary {
    /** Runs of plain characters up to this length are told apart; tokens of more bytes are looked at one by one. */
    static final int MAX_RUN = 32;

    private final byte[][] bytes;
    private final Map<String, Inside> shared = new ConcurrentHashMap<>();
    /** The tokens of at most {@link #MAX_RUN} bytes that are plain characters only. */
    final TokenTrie plainOnly;
    /** The other tokens of at most so many bytes. */
    final TokenTrie others;
    /** Those of more bytes. */
    final TokenTrie longer;
    /** By a number of characters: the short tokens of at most so many characters, all of them plain. */
    final long[][] plain;
    /**
     * By a number of characters: what follows exactly so many plain ones at the beginning of a short token, if
     * anything.
     */
    final TokenTrie[] rest;
    /** What follows any number of plain characters, if anything does. */
    final TokenTrie anyRest;

    /**
     * Lays out a vocabulary.
     *
     * @param bytes those of each token by its id; none for a token that is no text, such as a special one
     */
    public Vocabulary(byte[][] bytes) {
        this.bytes = bytes.clone();
        List<Entry> plains = new ArrayList<>();
        List<Entry> mixed = new ArrayList<>();
        List<List<Entry>> rests = new ArrayList<>();
        List<Entry> any = new ArrayList<>();
        List<Entry> longs = new ArrayList<>();
        plain = new long[MAX_RUN + 1][words()];
        for (int run = 0; run <= MAX_RUN; run++) {
            rests.add(new ArrayList<>());
        }
        for (int id = 0; id < bytes.length; id++) {
            if (bytes[id].length > MAX_RUN) {
                longs.add(new Entry(bytes[id], 0, id));
                continue;
            }
            int at = 0;
            int characters = 0;
            for (int length; (length = plainAt(bytes[id], at)) > 0; at += length) {
                characters++;
            }
            if (at < bytes[id].length) {
                mixed.add(new Entry(bytes[id], 0, id));
                Entry rest = new Entry(bytes[id], at, id);
                any.add(rest);
                rests.get(characters).add(rest);
            } else if (at > 0) {
                plains.add(new Entry(bytes[id], 0, id));
                for (int run = characters; run <= MAX_RUN; run++) {
                    plain[run][id >>> 6] |= 1L << id;
                }
            }
        }
        plainOnly = TokenTrie.of(plains);
        others = TokenTrie.of(mixed);
        rest = rests.stream().map(TokenTrie::of).toArray(TokenTrie[]::new);
        anyRest = TokenTrie.of(any);
        longer = TokenTrie.of(longs);
    }

    /** Returns what was found out of an expression that many constraints have, by its name, or null. */
    @Nullable
    Inside shared(String name) {
        return shared.get(name);
    }

    void share(String name, Inside inside) {
        shared.put(name, inside);
    }

    /** Returns the number of tokens. */
    public int size() {
        return bytes.length;
    }

    /** Returns the number of words of 64 bits that a mask takes. */
    public int words() {
        return (bytes.length + 63) / 64;
    }

    /** Returns the bytes of a token, none for one that is no text; not to be changed. */
    public byte[] bytes(int token) {
        return bytes[token];
    }

    /** Returns the length of the plain character that stands at a place, 0 if none does. */
    private static int plainAt(byte[] text, int at) {
        if (at >= text.length) {
            return 0;
        }
        int lead = Byte.toUnsignedInt(text[at]);
        if (lead < 0x80) {
            return lead < ' ' || lead == '"' || lead == '\\' ? 0 : 1;
        }
        int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
        if (length == 0 || at + length > text.length) {
            return 0;
        }
        int codePoint = lead & (0xFF >>> (length + 1));
        for (int i = 1; i < length; i++) {
            int next = Byte.toUnsignedInt(text[at + i]);
            if ((next & 0xC0) != 0x80) {
                return 0;
            }
            codePoint = (codePoint << 6) | (next & 0x3F);
        }
        return PlainCharacters.has(codePoint, length) ? length : 0;
    }
}
