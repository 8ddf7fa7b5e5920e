package dev.llmadapt.prompting.extraction;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text and its tokens, an edge before the first and one after the last. No part of the expression that finds them
 * repeats a repetition without a bound, so that the time grows with the length of the text.
 *
 * @param text as given
 * @param tokens in order
 */
record TokenText(String text, List<Token> tokens) {
    private static final String WORD = "[\\p{L}\\p{M}\\p{N}]";
    private static final Pattern TOKENS = Pattern.compile("(?<date>" + Dates.WRITTEN + ")"
            + "|(?<number>(?<![\\p{L}\\p{N}-])-?(?:[0-9]{1,3}(?:[ .,'\u00a0\u202f][0-9]{3}){1,6}(?![0-9])"
            + "(?:[.,][0-9]{1,6})?|[0-9]{1,18}(?:[.,][0-9]{1,6})?)(?![0-9]))"
            + "|(?<code>[\\p{L}\\p{N}._%+-]{1,64}+@[\\p{L}\\p{N}-]{1,64}(?:\\.[\\p{L}\\p{N}-]{1,64}){1,4})"
            + "|(?<word>" + WORD + "++(?:[-'\u2019_]" + WORD + "++){0,8})"
            + "|(?<sign>\\S)");

    /** Copies the list. */
    TokenText {
        tokens = List.copyOf(tokens);
    }

    static TokenText of(String text) {
        List<Token> tokens = new ArrayList<>();
        tokens.add(Token.edge(0, "<begin>"));
        Matcher found = TOKENS.matcher(text);
        while (found.find()) {
            tokens.add(Token.of(found.group(), kind(found), found.start()));
        }
        tokens.add(Token.edge(text.length(), "<end>"));
        return new TokenText(text, tokens);
    }

    private static Token.Kind kind(Matcher found) {
        if (found.group("date") != null) {
            return Token.Kind.DATE;
        } else if (found.group("number") != null) {
            return Token.Kind.NUMBER;
        } else if (found.group("sign") != null) {
            return Token.Kind.SIGN;
        }
        String text = found.group();
        if (found.group("code") != null || text.chars().anyMatch(Character::isDigit)) {
            return Token.Kind.CODE;
        }
        boolean capital = Character.isUpperCase(text.codePointAt(0));
        boolean upper = text.codePoints().noneMatch(Character::isLowerCase);
        return !capital ? Token.Kind.LOWER : upper && text.length() > 1 ? Token.Kind.UPPER : Token.Kind.CAPITAL;
    }

    /** The text of the tokens from one to before another. */
    String span(int from, int to) {
        return text.substring(tokens.get(from).start(), tokens.get(to - 1).end());
    }

    /** The keys of its tokens, and of each with the next: what naive Bayes reads. */
    Set<String> words() {
        Set<String> words = new HashSet<>();
        for (int i = 0; i + 1 < tokens.size(); i++) {
            words.add(tokens.get(i).key());
            words.add(tokens.get(i).key() + " " + tokens.get(i + 1).key());
        }
        return words;
    }
}
