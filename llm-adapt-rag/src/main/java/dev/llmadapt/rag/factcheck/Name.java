package dev.llmadapt.rag.factcheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A proper noun of one or more words.
 *
 * @param parts the words, at least one
 * @param first whether it is a single word that begins a sentence, which may be any word
 */
record Name(List<Token> parts, boolean first) implements Claim {
    /** Endings of usual words with which a sentence may begin. */
    private static final Pattern USUAL = Pattern.compile(
            ".{2,}(?:ing|ly|tions?|sions?|ments?|ness|ers|ors|ees|ies|ity|able|ible|ed|ungen|heiten|keiten|mente|ciones)");

    private static final Set<String> WITHIN = Set.of("of", "the", "and", "de", "la", "der", "von", "du", "del");

    @Override
    public Fact fact() {
        return new Fact(
                Fact.Kind.NAME, String.join(" ", parts.stream().map(Token::text).toList()));
    }

    @Override
    public boolean standsIn(Reading passage) {
        Text text = passage.text();
        if (first) {
            return stands(text, parts.get(0))
                    || text.stems().contains(Text.stem(parts.get(0).fold()));
        }
        for (int i = 0; i < text.tokens().size(); i++) {
            if (is(text.at(i), parts.get(0)) && (goesOn(text, i) || isReversed(text, i))) {
                return true;
            }
        }
        return isShort(text);
    }

    /** Whether the other words follow in their order, with at most one between. */
    private boolean goesOn(Text text, int from) {
        int at = from;
        for (Token part : parts.subList(1, parts.size())) {
            int next = at + 1;
            while (next <= at + 3 && !is(text.at(next), part)) {
                next++;
            }
            boolean symbols = next == at + 3
                    && !text.at(at + 1).is(Token.Kind.SYMBOL)
                    && !WITHIN.contains(text.at(at + 1).fold());
            if (next > at + 3
                    || symbols
                    || text.at(next).sentence() != text.at(from).sentence()) {
                return false;
            }
            at = next;
        }
        return true;
    }

    /** Whether the name stands reversed: "Smith, Anna" for "Anna Smith". */
    private boolean isReversed(Text text, int from) {
        return parts.size() == 2 && text.at(from - 1).text().equals(",") && is(text.at(from - 2), parts.get(1));
    }

    /** Whether one is the abbreviation of the other: UK for United Kingdom. */
    private boolean isShort(Text text) {
        if (parts.size() > 1) {
            String initials = initials(parts);
            return text.tokens().stream()
                    .anyMatch(each -> each.isWord() && each.text().equals(initials));
        }
        String written = parts.get(0).text();
        if (written.length() < 2 || !written.equals(written.toUpperCase(Locale.ROOT))) {
            return false;
        }
        for (int i = 0; i < text.tokens().size(); i++) {
            List<Token> run = new ArrayList<>();
            for (int at = i; run.size() < written.length() && at < i + 2 * written.length(); at++) {
                if (text.at(at).isWord() && text.at(at).isCapitalised()) {
                    run.add(text.at(at));
                } else if (run.isEmpty() || !WITHIN.contains(text.at(at).fold())) {
                    break;
                }
            }
            if (run.size() == written.length() && initials(run).equals(written)) {
                return true;
            }
        }
        return false;
    }

    private static String initials(List<Token> words) {
        StringBuilder initials = new StringBuilder();
        words.forEach(each -> initials.appendCodePoint(each.text().codePointAt(0)));
        return initials.toString();
    }

    private static boolean stands(Text text, Token word) {
        return text.tokens().stream().anyMatch(each -> is(each, word));
    }

    private static boolean is(Token one, Token other) {
        for (String mine : Text.spellings(one)) {
            for (String theirs : Text.spellings(other)) {
                if (mine.equals(theirs) || mine.equals(theirs + "s") || theirs.equals(mine + "s")) {
                    return !mine.isEmpty();
                }
            }
        }
        return false;
    }

    /** Returns the names of a statement, in words that no other claim has. */
    static List<Name> in(Text text) {
        List<Name> found = new ArrayList<>();
        List<Token> run = new ArrayList<>();
        for (int i = 0; i <= text.tokens().size(); i++) {
            Token token = text.at(i);
            boolean name = text.isFree(i) && token.isWord() && isName(text, i);
            boolean goesOn =
                    name && !run.isEmpty() && token.part() == run.get(0).part();
            if (!run.isEmpty() && !goesOn) {
                close(run, found);
            }
            if (name) {
                run.add(token);
            }
        }
        return found;
    }

    private static boolean isName(Text text, int at) {
        Token token = text.at(at);
        if (token.isCaseless()) {
            return token.text().codePointCount(0, token.text().length()) > 1 && !Lexicon.has("negation", token.fold());
        }
        if (Lexicon.has("unit", token.fold()) && text.used().get(Math.max(0, at - 1))) {
            return false;
        }
        boolean inner = token.text().chars().skip(1).anyMatch(Character::isUpperCase);
        boolean usual = Text.isStop(token.fold()) || Lexicon.has("negation", token.fold());
        boolean acronym = inner && token.text().equals(token.text().toUpperCase(Locale.ROOT)) && !token.first();
        return (token.isCapitalised() || inner) && (!usual || acronym);
    }

    private static void close(List<Token> run, List<Name> found) {
        Token start = run.get(0);
        boolean first = run.size() == 1 && start.first() && !start.isCaseless();
        if (!first || !USUAL.matcher(start.fold()).matches()) {
            found.add(new Name(List.copyOf(run), first));
        }
        run.clear();
    }
}
