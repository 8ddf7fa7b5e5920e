package dev.llmadapt.rag.factcheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A tokenizer that also numbers the sentences, clauses and parts of clauses of its tokens. */
final class Tokenizer {
    private static final Pattern PIECE =
            Pattern.compile("(?<address>[\\p{L}\\p{N}._%+-]+@[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)+"
                    + "|(?:https?://|www\\.)[^\\s<>\"')\\]]+"
                    + "|[\\p{Ll}\\p{N}-]+(?:\\.[\\p{Ll}\\p{N}-]+)*\\.(?:com|org|net|io|de|es|fr|it|eu|uk|us|co|gov|edu|info|biz|app|dev"
                    + "|html?|pdf|md|csv|txt|example|test|invalid)\\b(?:/[^\\s<>\"')\\]]*)?)"
                    + "|(?<abbreviation>(?<![\\p{L}\\p{N}])(?:\\p{L}\\.){2,})"
                    + "|(?<spaced>(?<![\\d.,])\\d{1,3}(?: \\d{3})+(?!\\d)(?:[.,]\\d{1,2}(?!\\d))?)"
                    + "|(?<chunk>[\\p{L}\\p{M}\\p{N}]+(?:(?:[-'_](?=[\\p{L}\\p{N}])|(?<=\\d)[.,:/](?=\\d))[\\p{L}\\p{M}\\p{N}]+)*)"
                    + "|(?<symbol>°[CF]?|US\\$|\\n\\s*\\n|\\n|\\S)");
    private static final Pattern NUMBER = Pattern.compile("\\d+(?:[.,']\\d+)*");
    private static final Pattern DATED =
            Pattern.compile("\\d{1,4}([./-])\\d{1,2}(?:\\1\\d{1,4})|\\d{4}-\\d{2}|\\d{1,2}:\\d{2}(?::\\d{2})?"
                    + "|\\d{4}-\\d{2}-\\d{2}T.*|\\d{1,2}/\\d{1,2}|[\\d.]+\\.\\d+\\.\\d+");
    private static final Pattern HOURS = Pattern.compile("(\\d{1,2})h(\\d{2})");
    private static final Pattern COUNTED = Pattern.compile("(" + NUMBER + ")-?(\\p{L}+)");
    private static final Pattern CODE_START = Pattern.compile("[\\p{L}_].*\\d.*|.*_.*");
    private static final Set<String> ATTACHED = Set.of("st", "nd", "rd", "th", "am", "pm", "uhr");
    private static final Set<String> ABBREVIATED = Set.of(
            "no", "nr", "approx", "st", "dr", "mr", "mrs", "ms", "prof", "max", "min", "ca", "bzw", "inc", "ltd", "vs",
            "art", "sec", "fig", "tel", "sr", "sra", "num");
    private static final Set<String> CONJUNCTIONS = Set.of(
            "but",
            "however",
            "although",
            "unless",
            "except",
            "while",
            "whereas",
            "aber",
            "sondern",
            "jedoch",
            "wahrend",
            "pero",
            "sino",
            "mientras",
            "mais",
            "ma",
            "maar",
            "mas");
    private static final Set<String> AND = Set.of("and", "or", "und", "oder", "y", "et", "ou", "e", "en");
    private static final Set<String> DROPPED = Set.of("s", "ll", "re", "ve", "d", "m");
    private static final Set<String> LEADING = Set.of("l", "d", "n", "qu", "j", "c", "t", "dell", "all", "nell", "un");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int sentence;
    private int clause;
    private int part;
    private boolean first = true;
    private int end = -1; // of the piece before

    Tokenizer(String text) {
        this.text = text;
    }

    List<Token> tokens() {
        for (Matcher matcher = PIECE.matcher(text); matcher.find(); ) {
            if (matcher.group("address") != null) {
                String address = matcher.group().replaceFirst("[.,;:!?]+$", "");
                add(Token.Kind.CODE, address, matcher.start());
            } else if (matcher.group("abbreviation") != null) {
                add(Token.Kind.WORD, matcher.group().replace(".", ""), matcher.start());
            } else if (matcher.group("spaced") != null) {
                add(Token.Kind.NUMBER, matcher.group().replace(" ", ""), matcher.start());
            } else if (matcher.group("chunk") != null) {
                chunk(matcher.group(), matcher.start());
            } else {
                symbol(matcher.group(), matcher.start(), matcher.end());
            }
            end = matcher.end();
        }
        return List.copyOf(tokens);
    }

    private void chunk(String chunk, int start) {
        Matcher hours = HOURS.matcher(chunk);
        if (NUMBER.matcher(chunk).matches() && !DATED.matcher(chunk).matches()) {
            add(Token.Kind.NUMBER, chunk, start);
        } else if (hours.matches()) {
            add(Token.Kind.CODE, hours.group(1) + ":" + hours.group(2), start);
        } else if (DATED.matcher(chunk).matches() || CODE_START.matcher(chunk).matches()) {
            add(Token.Kind.CODE, chunk, start);
        } else if (chunk.chars().anyMatch(Character::isDigit)) {
            counted(chunk, start);
        } else {
            words(chunk, start);
        }
    }

    /**
     * Adds the tokens of a word that begins with a digit: {@code 5-8}, {@code 14-day}, {@code 5kg}, {@code 2nd};
     * anything else is a code.
     */
    private void counted(String chunk, int start) {
        Matcher matcher = COUNTED.matcher(chunk);
        String[] pieces = chunk.split("-", -1);
        if (matcher.matches() && pieces.length <= 2) {
            String word = Text.fold(matcher.group(2));
            if (pieces.length == 2
                    || ATTACHED.contains(word)
                    || Lexicon.has("unit", word)
                    || Lexicon.has("scale", word)
                    || word.equals("m")) {
                add(Token.Kind.NUMBER, matcher.group(1), start);
                add(
                        Token.Kind.WORD,
                        matcher.group(2),
                        start + chunk.length() - matcher.group(2).length());
            } else {
                add(Token.Kind.CODE, chunk, start);
            }
            return;
        }
        boolean range = pieces.length >= 2 && NUMBER.matcher(pieces[0]).matches();
        for (int i = 1; range && i < pieces.length; i++) {
            range = NUMBER.matcher(pieces[i]).matches()
                    || COUNTED.matcher(pieces[i]).matches()
                    || (i > 1 && Lexicon.has("unit", Text.fold(pieces[i])));
        }
        if (!range
                || pieces.length > 3
                || (pieces.length == 3 && NUMBER.matcher(pieces[2]).matches())) {
            add(Token.Kind.CODE, chunk, start);
            return;
        }
        int at = start;
        for (String piece : pieces) {
            if (at > start) {
                add(Token.Kind.SYMBOL, "-", at - 1);
            }
            chunk(piece, at);
            at += piece.length() + 1;
        }
    }

    private void words(String chunk, int start) {
        int at = start;
        for (String word : chunk.split("-", -1)) {
            int apostrophe = word.indexOf('\'');
            String before = apostrophe < 0 ? word : word.substring(0, apostrophe);
            String after = apostrophe < 0 ? "" : word.substring(apostrophe + 1);
            String small = Text.fold(before);
            if (apostrophe < 0) {
                add(Token.Kind.WORD, word, at);
            } else if (Text.fold(after).equals("t") && small.endsWith("n")) {
                String verb = before.substring(0, before.length() - 1);
                if (!verb.isEmpty()) {
                    add(Token.Kind.WORD, verb.equalsIgnoreCase("ca") ? verb + "n" : verb, at);
                }
                add(Token.Kind.WORD, "not", at + apostrophe - 1);
            } else if (DROPPED.contains(Text.fold(after))) {
                add(Token.Kind.WORD, before, at);
            } else if (LEADING.contains(small)) {
                add(Token.Kind.WORD, small.equals("n") ? "ne" : before, at);
                add(Token.Kind.WORD, after, at + apostrophe + 1);
            } else {
                add(Token.Kind.WORD, word.replace("'", ""), at);
            }
            at += word.length() + 1;
        }
    }

    private void symbol(String symbol, int start, int after) {
        if (symbol.startsWith("\n")) {
            part++;
            if (symbol.length() > 1) {
                endSentence();
            }
            return;
        }
        char next = after < text.length() ? text.charAt(after) : ' ';
        switch (symbol.charAt(0)) {
            case '.' -> {
                if (endsSentence(after)) {
                    endSentence();
                }
            }
            case '!', '?', '\u2026', '\u3002', '\uFF01', '\uFF1F', '\u061F' -> endSentence();
            case ';', '\u2014', '|', '\u2022' -> {
                clause++;
                part++;
            }
            case ':' -> {
                clause++;
                first = true;
                add(Token.Kind.SYMBOL, symbol, start);
            }
            case '(', ')', '[', ']' -> {
                part++;
                add(Token.Kind.SYMBOL, symbol, start);
            }
            case ',' -> {
                part++;
                add(Token.Kind.SYMBOL, symbol, start);
            }
            case '-' -> {
                if (next == ' ' && end < start) {
                    clause++;
                    part++;
                } else {
                    add(Token.Kind.SYMBOL, symbol, start);
                }
            }
            default -> add(Token.Kind.SYMBOL, symbol, start);
        }
    }

    private boolean endsSentence(int after) {
        int next = after;
        while (next < text.length() && text.charAt(next) == ' ') {
            next++;
        }
        if (next == text.length() || tokens.isEmpty()) {
            return true;
        }
        Token before = tokens.get(tokens.size() - 1);
        boolean abbreviated = before.isWord()
                && before.end() == after - 1
                && (before.text().length() == 1 || ABBREVIATED.contains(before.fold()));
        boolean numbered = before.is(Token.Kind.NUMBER) && before.text().length() <= 2 && monthFollows(next);
        return next > after && !abbreviated && !numbered && !Character.isLowerCase(text.codePointAt(next));
    }

    private boolean monthFollows(int at) {
        int stop = at;
        while (stop < text.length() && Character.isLetter(text.charAt(stop))) {
            stop++;
        }
        return Lexicon.has("month", Text.fold(text.substring(at, stop)));
    }

    private void endSentence() {
        sentence++;
        clause++;
        part++;
        first = true;
    }

    private void add(Token.Kind kind, String word, int start) {
        String fold = Text.fold(word);
        if (kind == Token.Kind.WORD) {
            if (CONJUNCTIONS.contains(fold)) {
                clause++;
                part++;
            } else if (AND.contains(fold)) {
                part++;
            }
        }
        boolean close = !tokens.isEmpty() && tokens.get(tokens.size() - 1).end() == start;
        tokens.add(new Token(
                kind,
                word,
                fold,
                start,
                Math.min(text.length(), start + word.length()),
                sentence,
                clause,
                part,
                first && kind != Token.Kind.SYMBOL,
                close));
        if (kind != Token.Kind.SYMBOL) {
            first = false;
        }
    }
}
