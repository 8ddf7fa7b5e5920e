package dev.llmadapt.local.constraint;

import dev.llmadapt.local.constraint.TokenTrie.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokens of a tokenizer by their bytes, laid out for masks: a trie of all, and those apart that begin with plain
 * characters, which stand in a JSON string as they are. Immutable, so thread-safe.
 */
public final class Vocabulary {
    /** Runs of plain characters up to this length are told apart. */
    static final int MAX_RUN = 32;

    private final byte[][] bytes;
    final TokenTrie all;
    /** By a number of characters: the tokens of at most so many characters, all of them plain; last any number. */
    final long[][] plain;
    /** By a number of characters: what follows exactly so many plain ones at the beginning of a token, if anything. */
    final TokenTrie[] rest;
    /** What follows any number of plain characters, if anything does. */
    final TokenTrie anyRest;
    /** Tokens that begin with more than {@link #MAX_RUN} plain characters. */
    final TokenTrie longer;

    /**
     * Lays out a vocabulary.
     *
     * @param bytes those of each token by its id; none for a token that is no text, such as a special one
     */
    public Vocabulary(byte[][] bytes) {
        this.bytes = bytes.clone();
        List<Entry> entries = new ArrayList<>();
        List<List<Entry>> rests = new ArrayList<>();
        List<Entry> any = new ArrayList<>();
        List<Entry> longs = new ArrayList<>();
        plain = new long[MAX_RUN + 2][words()];
        for (int run = 0; run <= MAX_RUN; run++) {
            rests.add(new ArrayList<>());
        }
        for (int id = 0; id < bytes.length; id++) {
            Entry whole = new Entry(bytes[id], 0, id);
            entries.add(whole);
            int at = 0;
            int characters = 0;
            for (int length; (length = plainAt(bytes[id], at)) > 0; at += length) {
                characters++;
            }
            if (at < bytes[id].length) {
                Entry rest = new Entry(bytes[id], at, id);
                any.add(rest);
                (characters <= MAX_RUN ? rests.get(characters) : longs).add(characters <= MAX_RUN ? rest : whole);
            } else if (at > 0) {
                for (int run = characters; run <= MAX_RUN + 1; run++) {
                    plain[run][id >>> 6] |= 1L << id;
                }
                if (characters > MAX_RUN) {
                    plain[MAX_RUN + 1][id >>> 6] |= 1L << id;
                    longs.add(whole);
                }
            }
        }
        all = TokenTrie.of(entries);
        rest = rests.stream().map(TokenTrie::of).toArray(TokenTrie[]::new);
        anyRest = TokenTrie.of(any);
        longer = TokenTrie.of(longs);
    }

    /** Returns the number of tokens. */
    public int size() {
        return bytes.length;
    }

    /** Returns the number of words of 64 bits that a mask takes. */
    public int words() {
        return (bytes.length + 63) / 64;
    }

    /** Returns the bytes of a token; not to be changed. */
    byte[] bytes(int token) {
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
        int codePoint = lead & (0xFF >>> length + 1);
        for (int i = 1; i < length; i++) {
            int next = Byte.toUnsignedInt(text[at + i]);
            if ((next & 0xC0) != 0x80) {
                return 0;
            }
            codePoint = codePoint << 6 | next & 0x3F;
        }
        return PlainCharacters.has(codePoint, length) ? length : 0;
    }
}
