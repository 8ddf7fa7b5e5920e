package dev.llmadapt.rag.factcheck;

import java.text.Normalizer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text in tokens, each of which belongs to one claim at most.
 *
 * @param words the text after {@link #plain}
 * @param tokens the tokens in their order
 * @param used the tokens that belong to a claim
 * @param decimalComma whether its numbers have a decimal comma, as in German: {@code 1.500,25}
 * @param folds the folded words and codes
 * @param stems the stems of the words
 */
record Text(String words, List<Token> tokens, BitSet used, boolean decimalComma, Set<String> folds, Set<String> stems) {
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern INVISIBLE =
            Pattern.compile("[\\u00AD\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2064\\uFEFF]");
    private static final Pattern VULGAR = Pattern.compile("([\\d])?([\\u00BC-\\u00BE\\u2150-\\u215E])");
    private static final Pattern SUFFIX = Pattern.compile("(?:ies|ing|ed|es|s|en|e|n|er)$");
    private static final Pattern COMMA_DECIMALS = Pattern.compile("\\d+,\\d{1,2}");
    private static final Pattern POINT_DECIMALS = Pattern.compile("\\d+\\.\\d{1,2}");
    private static final List<String> COMMA_LANGUAGES = List.of("de", "es", "fr", "it", "pt", "nl");

    static Text of(String text) {
        String plain = plain(text);
        List<Token> tokens = new Tokenizer(plain).tokens();
        Set<String> folds = new HashSet<>();
        Set<String> stems = new HashSet<>();
        for (Token token : tokens) {
            if (token.isWord() || token.is(Token.Kind.CODE)) {
                folds.addAll(spellings(token));
                stems.add(stem(token.fold()));
            }
        }
        return new Text(plain, tokens, new BitSet(), isDecimalComma(tokens), folds, stems);
    }

    /**
     * Normalises a text: no compatibility forms, one kind of hyphen, apostrophe, space and digit, and no invisible
     * characters.
     */
    static String plain(String text) {
        String whole = VULGAR.matcher(text)
                .replaceAll(found -> (found.group(1) == null ? "" : found.group(1) + " ")
                        + Normalizer.normalize(found.group(2), Normalizer.Form.NFKC));
        String plain = INVISIBLE
                .matcher(Normalizer.normalize(whole, Normalizer.Form.NFKC))
                .replaceAll("");
        StringBuilder characters = new StringBuilder(plain.length());
        plain.codePoints().forEach(each -> {
            if ((each >= 0x2010 && each <= 0x2013) || each == 0x2212) {
                characters.append('-');
            } else if (each == 0x2019 || each == 0x2018 || each == 0x02BC || each == 0xB4 || each == '`') {
                characters.append('\'');
            } else if (each == 0x2044) {
                characters.append('/');
            } else if (Character.isDigit(each)) {
                characters.append(Character.digit(each, 10));
            } else {
                characters.appendCodePoint(each != '\n' && Character.isWhitespace(each) ? ' ' : each);
            }
        });
        return characters.toString();
    }

    /** Folds a word: lower case, without marks. */
    static String fold(String word) {
        String marked = Normalizer.normalize(word.toLowerCase(Locale.ROOT), Normalizer.Form.NFKD);
        return MARKS.matcher(marked)
                .replaceAll("")
                .replace("ß", "ss")
                .replace("ø", "o")
                .replace("æ", "ae")
                .replace("œ", "oe")
                .replace("ł", "l")
                .replace("đ", "d")
                .replace("ı", "i");
    }

    /**
     * Returns the folded word, and the spelling with {@code ae} for {@code ä} and so on, which German uses without
     * marks.
     */
    static Set<String> spellings(Token token) {
        String small = token.text().toLowerCase(Locale.ROOT);
        if (small.indexOf('ä') < 0 && small.indexOf('ö') < 0 && small.indexOf('ü') < 0 && small.indexOf('ø') < 0) {
            return Set.of(token.fold());
        }
        Set<String> both = new LinkedHashSet<>();
        both.add(token.fold());
        both.add(fold(
                small.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ø", "oe")));
        return both;
    }

    /** Returns a word without its most usual endings. */
    static String stem(String fold) {
        if (fold.length() < 4) {
            return fold;
        }
        String stem = SUFFIX.matcher(fold).replaceFirst("");
        return stem.length() < 3 ? fold : stem;
    }

    static boolean isStop(String fold) {
        return Lexicon.has("stop", fold);
    }

    /** Returns the stems of all words except stop words. */
    Set<String> contentStems() {
        Set<String> content = new LinkedHashSet<>();
        for (Token token : tokens) {
            if (!token.is(Token.Kind.SYMBOL) && !isStop(token.fold())) {
                content.add(stem(token.fold()));
            }
        }
        return content;
    }

    double sharedWith(Text other) {
        Set<String> mine = contentStems();
        Set<String> theirs = other.contentStems();
        return mine.isEmpty()
                ? 1
                : (double) mine.stream().filter(theirs::contains).count() / mine.size();
    }

    /** Returns the words of each whole sentence. */
    Set<String> sentences() {
        Map<Integer, StringBuilder> sentences = new HashMap<>();
        for (Token token : tokens) {
            sentences
                    .computeIfAbsent(token.sentence(), sentence -> new StringBuilder())
                    .append(token.fold())
                    .append(' ');
        }
        return sentences.values().stream().map(StringBuilder::toString).collect(Collectors.toSet());
    }

    /** Returns the token at an index, or an empty symbol beyond the ends. */
    Token at(int index) {
        return index >= 0 && index < tokens.size() ? tokens.get(index) : END;
    }

    boolean isFree(int index) {
        return index >= 0 && index < tokens.size() && !used.get(index);
    }

    void use(int from, int to) {
        used.set(from, to);
    }

    String between(int from, int to) {
        return words.substring(tokens.get(from).start(), tokens.get(to - 1).end());
    }

    private static final Token END = new Token(Token.Kind.SYMBOL, " ", "", -1, -1, -1, -1, -1, false, false);

    private static boolean isDecimalComma(List<Token> tokens) {
        long point = tokens.stream()
                .filter(each -> Lexicon.meanings("point", each.fold()).contains("en"))
                .count();
        long comma = COMMA_LANGUAGES.stream()
                .mapToLong(language -> tokens.stream()
                        .filter(each -> Lexicon.meanings("comma", each.fold()).contains(language))
                        .count())
                .max()
                .orElse(0);
        if (comma != point) {
            return comma > point;
        }
        return tokens.stream()
                        .anyMatch(each -> COMMA_DECIMALS.matcher(each.text()).matches())
                && tokens.stream()
                        .noneMatch(each -> POINT_DECIMALS.matcher(each.text()).matches());
    }
}
