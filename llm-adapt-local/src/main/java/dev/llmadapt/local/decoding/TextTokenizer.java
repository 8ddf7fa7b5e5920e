package dev.llmadapt.local.decoding;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.llmadapt.CheckpointException;
import dev.llmadapt.local.checkpoint.AddedToken;
import dev.llmadapt.local.checkpoint.TokenizerFiles;
import dev.llmadapt.local.constraint.Vocabulary;
import dev.llmadapt.natives.TokenizerLibrary;
import dev.llmadapt.prompting.template.Rendered;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model's tokenizer, with the one thing the library behind it cannot do: reading special tokens where the template
 * wrote them and plain text where a person wrote the same characters. Thread-safe.
 *
 * <p>Its laws. A text whose data holds no special token's text has the ids that the tokenizers library gives. What is
 * data never gives the id of a special token, but the one for what is unknown. And the text of a special token in data
 * changes nothing around it: white space is taken, and a word's beginning put, where they would be if it were any other
 * text. To keep them a text is encoded as one, under {@link SecretNames}.
 */
final class TextTokenizer implements AutoCloseable {
    private final TokenizerFiles files;
    private final SecretNames names;
    private final HuggingFaceTokenizer tokenizer;
    private final List<AddedTokenSearch> searches; // in the text as it is written, then in what is between these
    private @Nullable TokenBytes tokenBytes; // made when first needed
    private @Nullable Vocabulary vocabulary; // so, too
    private @Nullable Shown showing; // so, too

    TextTokenizer(TokenizerFiles files) {
        this.files = files;
        this.names = new SecretNames(files.addedTokens());
        this.tokenizer = load(names.in(files));
        this.searches = List.of(
                new AddedTokenSearch(files.addedTokens().stream()
                        .filter(token -> !token.normalized())
                        .toList()),
                new AddedTokenSearch(files.addedTokens().stream()
                        .filter(AddedToken::normalized)
                        .toList()));
        try {
            requireIds();
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** The library gives an added token the id that the vocabulary has, whatever the file says. */
    private void requireIds() {
        List<AddedToken> special = files.addedTokens().stream()
                .filter(token -> token.special() && !token.normalized())
                .toList();
        StringBuilder all = new StringBuilder();
        special.forEach(token -> all.append(names.of(token)));
        int[] ids = encode(all.toString());
        for (int i = 0; i < special.size(); i++) {
            int id = i < ids.length ? ids[i] : -1;
            if (ids.length != special.size() || id != special.get(i).id()) {
                throw new CheckpointException("tokenizer.json cannot be used: its special token '"
                        + special.get(i).content() + "' has the id "
                        + special.get(i).id() + " by its added_tokens and "
                        + id + " by its vocabulary");
            }
        }
    }

    /** Returns the ids of a text in which nothing is special. */
    int[] encodePlain(String text) {
        requireCharacters(text);
        return encode(text);
    }

    /**
     * Returns the ids of a text whose special tokens count only where no character of them is data.
     *
     * @param data where it is: sorted and disjoint
     */
    int[] encode(String text, List<Rendered.Span> data) {
        return text.isEmpty() ? new int[0] : ids(named(text, data).encoding());
    }

    /**
     * The ids of a text, and which of them are those of a part of it.
     *
     * @param from the first id that has characters of the part
     * @param to after the last
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Part(int[] ids, int from, int to) {}

    /**
     * Returns the ids of a text as {@link #encode(String, List)} does, and which are those of a part.
     *
     * @param part within a span of data; an id that has characters of the part and of what is around it is the part's
     * @throws IllegalArgumentException if the tokenizer makes nothing of it
     */
    Part encode(String text, List<Rendered.Span> data, Rendered.Span part) {
        Named named = named(text, data);
        int from = named.naming().codePoint(part.start());
        int to = from + text.codePointCount(part.start(), part.end());
        CharSpan[] spans = named.encoding().getCharTokenSpans();
        int first = spans.length;
        int end = 0;
        for (int i = 0; i < spans.length; i++) {
            CharSpan span = spans[i];
            if (span != null && span.getStart() < to && span.getEnd() > from) {
                first = Math.min(first, i);
                end = i + 1;
            }
        }
        if (end == 0) {
            throw new IllegalArgumentException(
                    "'" + text.substring(part.start(), part.end()) + "' has no tokens in this model's vocabulary");
        }
        return new Part(ids(named.encoding()), first, end);
    }

    /** A text under the tokens' secret names, and what the library makes of it. */
    private record Named(Naming naming, Encoding encoding) {}

    private Named named(String text, List<Rendered.Span> data) {
        requireCharacters(text);
        Naming naming = new Naming(text, data, Set.of());
        Encoding encoding = tokenizer.encode(naming.out.toString(), false, false);
        Set<Integer> missed = naming.unsure.isEmpty() ? Set.of() : naming.missed(encoding);
        if (missed.isEmpty()) {
            return new Named(naming, encoding);
        }
        Naming sure = new Naming(text, data, missed);
        return new Named(sure, tokenizer.encode(sure.out.toString(), false, false));
    }

    /** A text in which the special tokens that are not data are replaced by their secret names. */
    private final class Naming {
        /** A token that the library may not find, since it looks for it in the normalised text. */
        private record Unsure(AddedToken token, int at, int namedAt) {}

        private final String text;
        private final Set<Integer> left; // where tokens stay as they are written
        private final StringBuilder out = new StringBuilder();
        private final List<Unsure> unsure = new ArrayList<>();
        private final List<Copied> copied = new ArrayList<>(); // data

        /** A span of the text, and where it stands in the named text. */
        private record Copied(Rendered.Span span, int at) {}

        Naming(String text, List<Rendered.Span> data, Set<Integer> left) {
            this.text = text;
            this.left = left;
            int from = 0;
            for (Rendered.Span span : data) {
                name(from, span.start(), 0);
                copied.add(new Copied(span, out.length()));
                out.append(text, span.start(), span.end());
                from = span.end();
            }
            name(from, text.length(), 0);
        }

        private void name(int from, int to, int search) {
            if (search == searches.size()) {
                out.append(text, from, to);
                return;
            }
            int rest = from;
            for (int i = from; i < to; ) {
                AddedToken token = searches.get(search).at(text, i, to);
                if (token == null) {
                    i++;
                    continue;
                }
                int end = i + token.content().length();
                if (!token.special() || left.contains(i) || (token.singleWord() && !stands(i, end))) {
                    // found by the library too, or not a token here: nothing in it is another one
                    name(rest, i, search + 1);
                    out.append(text, i, end);
                } else {
                    name(rest, i, search + 1);
                    if (token.normalized()) {
                        unsure.add(new Unsure(token, i, out.codePointCount(0, out.length())));
                    }
                    out.append(names.of(token));
                }
                i = end;
                rest = end;
            }
            name(rest, to, search + 1);
        }

        /** Returns the code points before an index of data in the named text. */
        int codePoint(int index) {
            for (Copied each : copied) {
                if (each.span.start() <= index && index < each.span.end()) {
                    return out.codePointCount(0, each.at + index - each.span.start());
                }
            }
            throw new IllegalArgumentException("no data at " + index);
        }

        /** Whether no word touches the token at an index. */
        private boolean stands(int from, int to) {
            return (from == 0 || !isWord(text.codePointBefore(from)))
                    && (to == text.length() || !isWord(text.codePointAt(to)));
        }

        /** Returns the indices of the tokens that the library did not find. */
        private Set<Integer> missed(Encoding encoding) {
            long[] ids = encoding.getIds();
            CharSpan[] spans = encoding.getCharTokenSpans();
            Set<Integer> missed = new HashSet<>();
            for (Unsure each : unsure) {
                boolean found = false;
                for (int i = 0; i < ids.length && !found; i++) {
                    CharSpan span = spans[i];
                    found = ids[i] == each.token.id()
                            && span != null
                            && span.getStart() <= each.namedAt
                            && each.namedAt < span.getEnd();
                }
                if (!found) {
                    missed.add(each.at);
                }
            }
            return missed;
        }
    }

    private static boolean isWord(int c) {
        int type = Character.getType(c);
        return Character.isAlphabetic(c)
                || Character.isDigit(c)
                || type == Character.CONNECTOR_PUNCTUATION
                || type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || c == 0x200C
                || c == 0x200D;
    }

    /** Returns the text of some ids, special tokens left out. */
    String decode(int[] ids, int from, int to) {
        return from == to
                ? ""
                : tokenizer.decode(Arrays.stream(ids, from, to).asLongStream().toArray(), true);
    }

    /** Returns the text of some ids, with that of special tokens. */
    String decodeAll(int[] ids) {
        return ids.length == 0
                ? ""
                : tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), false);
    }

    /**
     * Returns the text of some ids, special tokens left out but for some.
     *
     * @param shown the texts of these by their ids
     */
    String decode(int[] ids, int from, int to, Map<Integer, String> shown) {
        if (shown.isEmpty()) {
            return decode(ids, from, to);
        }
        StringBuilder text = new StringBuilder();
        int begin = from;
        for (int i = from; i < to; i++) {
            String marker = shown.get(ids[i]);
            if (marker != null) {
                text.append(decode(ids, begin, i)).append(marker);
                begin = i + 1;
            }
        }
        return text.append(decode(ids, begin, to)).toString();
    }

    /** Returns which of some texts are special tokens of this tokenizer, by their ids. */
    Map<Integer, String> special(List<String> texts) {
        Map<String, Integer> special = files.specialTokens();
        Map<Integer, String> found = new HashMap<>();
        for (String text : texts) {
            Integer id = special.get(text);
            if (id != null) {
                found.put(id, text);
            }
        }
        return Map.copyOf(found);
    }

    /** Returns the text of a special token; empty where an id is none. */
    String special(int id) {
        for (Map.Entry<String, Integer> each : files.specialTokens().entrySet()) {
            if (each.getValue() == id) {
                return each.getKey();
            }
        }
        return "";
    }

    /**
     * Returns the bytes that a token stands for, none of one that is not text; empty where the tokenizer's decoder
     * makes of tokens what is not their bytes.
     */
    Optional<byte[]> bytes(int id) {
        for (AddedToken each : files.addedTokens()) {
            if (each.id() == id && !each.special()) {
                return Optional.of(each.content().getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            byte[][] all = tokenBytes().all();
            return Optional.of(id < all.length ? all[id] : new byte[0]);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private synchronized TokenBytes tokenBytes() {
        TokenBytes made = tokenBytes;
        if (made == null) {
            made = TokenBytes.of(files);
            tokenBytes = made;
        }
        return made;
    }

    /** Returns the tokens by their bytes, some special tokens as text; kept for the next answers with these. */
    synchronized Vocabulary vocabulary(Map<Integer, String> shown) {
        if (shown.isEmpty()) {
            return vocabulary();
        }
        Shown made = showing;
        if (made == null || !made.tokens().equals(shown)) {
            made = new Shown(shown, new Vocabulary(TokenBytes.of(files, shown).all()));
            showing = made;
        }
        return made.vocabulary();
    }

    /** A vocabulary with special tokens as text. */
    private record Shown(Map<Integer, String> tokens, Vocabulary vocabulary) {}

    /** Returns the tokens by their bytes, as constraints read them. */
    synchronized Vocabulary vocabulary() {
        Vocabulary made = vocabulary;
        if (made == null) {
            made = new Vocabulary(tokenBytes().all());
            vocabulary = made;
        }
        return made;
    }

    private int[] encode(String text) {
        return text.isEmpty() ? new int[0] : ids(tokenizer.encode(text, false, false));
    }

    private static int[] ids(Encoding encoding) {
        return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
    }

    /** Refuses half characters, which have no tokens. */
    private static void requireCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
                    throw new IllegalArgumentException("the text has half a character, the surrogate U+"
                            + Integer.toHexString(c).toUpperCase(Locale.ROOT) + ", at " + i
                            + "; a text is made of whole characters, so it was cut or decoded wrongly before");
                }
                i++;
            }
        }
    }

    private static HuggingFaceTokenizer load(String json) {
        // every option that could change ids, or that the library would otherwise warn about, is set
        Map<String, String> options = Map.of(
                "addSpecialTokens",
                "false",
                "truncation",
                "DO_NOT_TRUNCATE",
                "padding",
                "DO_NOT_PAD",
                "maxLength",
                "-1");
        TokenizerLibrary.load();
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), options);
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException("tokenizer.json cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
