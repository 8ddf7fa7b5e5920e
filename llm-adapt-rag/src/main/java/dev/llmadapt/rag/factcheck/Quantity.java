package dev.llmadapt.rag.factcheck;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A number with the unit or noun that it counts.
 *
 * @param words the words in the text
 * @param value the value
 * @param units the possible units; empty if none is known
 * @param per the unit after {@code per}, such as {@code hour}, or empty
 * @param bound {@code at least}, {@code at most} or empty
 * @param relation {@code before}, {@code after} or empty
 * @param nouns the stems of the words that follow, and of the word before, if no unit is known
 * @param around the stems of the words of its part of the clause
 * @param bare whether it is a plain number without a unit, which may be a year
 */
record Quantity(
        String words,
        BigDecimal value,
        Set<String> units,
        String per,
        String bound,
        String relation,
        Set<String> nouns,
        Set<String> around,
        boolean bare)
        implements Claim {
    private static final int WINDOW = 3; // words between a number and its unit or noun
    private static final String ORDINAL = "ordinal";
    private static final Set<String> RANGE =
            Set.of("to", "-", "or", "and", "bis", "oder", "a", "o", "y", "et", "ou", "und", ",");

    @Override
    public Fact fact() {
        return new Fact(Fact.Kind.QUANTITY, words);
    }

    @Override
    public boolean standsIn(Reading passage) {
        List<Quantity> same = new ArrayList<>();
        List<Quantity> others = new ArrayList<>();
        for (Quantity each : passage.quantities()) {
            if (isComparable(each, passage)) {
                boolean says = value.compareTo(each.value) == 0
                        && agrees(bound, each.bound)
                        && agrees(relation, each.relation);
                (says ? same : others).add(each);
            }
        }
        return same.stream().anyMatch(each -> units.isEmpty() || others.stream().noneMatch(other -> isOf(other, each)));
    }

    /** Whether the words around this quantity fit one quantity of a passage better than another. */
    private boolean isOf(Quantity one, Quantity other) {
        Set<String> withOne = new HashSet<>(around);
        withOne.retainAll(one.around);
        Set<String> withOther = new HashSet<>(around);
        withOther.retainAll(other.around);
        Set<String> oneAlone = new HashSet<>(withOne);
        oneAlone.removeAll(withOther);
        withOther.removeAll(withOne);
        return !oneAlone.isEmpty() && oneAlone.size() >= withOther.size();
    }

    private static boolean agrees(String one, String other) {
        return one.isEmpty() || other.isEmpty() || one.equals(other);
    }

    /** Whether both count the same thing, whatever their values. */
    private boolean isComparable(Quantity other, Reading passage) {
        if (!units.isEmpty() || !other.units.isEmpty()) {
            Set<String> both = new HashSet<>(units);
            both.retainAll(other.units);
            boolean elliptic = units.isEmpty() && nouns.isEmpty() && !other.units.contains(ORDINAL);
            return elliptic
                    || (!both.isEmpty()
                            && (per.isEmpty() || per.equals(other.per) || (other.per.isEmpty() && isFor(passage))));
        }
        return nouns.isEmpty() || nouns.stream().anyMatch(other.nouns::contains);
    }

    /** Whether the passage gives the unit after {@code per} elsewhere, as the header of a table does. */
    private boolean isFor(Reading passage) {
        List<Token> tokens = passage.text().tokens();
        for (int i = 0; i < tokens.size(); i++) {
            if (Lexicon.meanings("per", tokens.get(i).fold()).contains(per)
                    || (Set.of("per", "pro", "/", "por").contains(tokens.get(i).fold())
                            && !passage.text().used().get(i)
                            && Lexicon.at("unit", tokens, i + 1).meanings().contains(per))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the quantities of a text.
     *
     * @param passage whether the text is a passage, where {@code a day} means one day
     */
    static List<Quantity> in(Text text, boolean passage) {
        List<Quantity> found = new ArrayList<>();
        for (int i = 0; i < text.tokens().size(); i++) {
            Optional<Numbers.Parsed> parsed = Numbers.at(text, i);
            if (parsed.isPresent()) {
                Numbers.Parsed number = parsed.get();
                if (!isPronoun(text, i, number)) {
                    found.add(read(text, i, number));
                }
                i = number.end() - 1;
            } else if (passage && text.at(i).isWord() && isArticle(text.at(i).fold())) {
                Lexicon.Match unit = Lexicon.at("unit", text.tokens(), i + 1);
                if (unit.length() > 0 && text.at(i + 1).isWord()) {
                    found.add(read(text, i, new Numbers.Parsed(BigDecimal.ONE, i + 1, false, false)));
                }
            }
        }
        return found;
    }

    private static boolean isArticle(String fold) {
        return Set.of("a", "an", "ein", "eine", "einen", "einem", "einer", "un", "una", "une")
                .contains(fold);
    }

    /** Whether a number word is a pronoun, as in "one of them" or "no one", and no unit follows. */
    private static boolean isPronoun(Text text, int at, Numbers.Parsed number) {
        return number.end() == at + 1
                && text.at(at).isWord()
                && !number.ordinal()
                && number.value().compareTo(BigDecimal.ONE) == 0
                && Lexicon.at("unit", text.tokens(), at + 1).length() == 0;
    }

    private static Quantity read(Text text, int from, Numbers.Parsed number) {
        int end = number.end();
        boolean negative = isMinus(text, from);
        Set<String> units = new LinkedHashSet<>();
        int next = end;
        if (number.ordinal()) {
            units.add(ORDINAL);
        } else {
            int unit = unitAt(text, end);
            if (unit >= 0) {
                Lexicon.Match match = Lexicon.at("unit", text.tokens(), unit);
                units.addAll(match.meanings());
                next = unit + match.length();
            }
            units.addAll(unitBefore(text, from));
        }
        String per = "";
        int perEnd = units.isEmpty() ? next : perEnd(text, next);
        if (perEnd > next) {
            Token last = text.at(perEnd - 1);
            per = perOf(text, next, perEnd, last);
            text.use(next, perEnd);
        }
        String relation = "";
        for (int i = perEnd; i < perEnd + 2 && relation.isEmpty() && !units.isEmpty(); i++) {
            Lexicon.Match match = i < text.tokens().size()
                    ? Lexicon.at("relation", text.tokens(), i)
                    : new Lexicon.Match(Set.of(), 0);
            relation = match.length() > 0 ? match.meaning() : "";
        }
        String bound = bound(text, from, next);
        Set<String> nouns = units.isEmpty() ? nouns(text, from, end) : Set.of();
        Set<String> around = around(text, from, next);
        text.use(from, end);
        if (next > end) {
            text.use(next - 1, next);
        }
        BigDecimal value = negative ? number.value().negate() : number.value();
        return new Quantity(
                text.between(from, Math.max(end, next)),
                value,
                units,
                per,
                bound,
                relation,
                nouns,
                around,
                units.isEmpty() && number.plain());
    }

    private static boolean isMinus(Text text, int from) {
        Token before = text.at(from - 1);
        return before.fold().equals("minus")
                || (before.text().equals("-")
                        && text.at(from).close()
                        && !text.at(from - 1).close());
    }

    /**
     * Returns the index of a number's unit, past words that describe it and the rest of a range; -1 if there is none.
     */
    private static int unitAt(Text text, int end) {
        int at = end;
        for (int words = 0; words < WINDOW && at < text.tokens().size(); ) {
            Token token = text.at(at);
            if (Lexicon.at("unit", text.tokens(), at).length() > 0
                    && (token.fold().length() > 1 || at == end || token.close() || isRangeEnd(text, at - 1))) {
                return at;
            }
            Optional<Numbers.Parsed> other = RANGE.contains(token.fold()) ? Numbers.at(text, at + 1) : Optional.empty();
            if (token.text().equals("-")
                    && at == end
                    && Lexicon.at("unit", text.tokens(), at + 1).length() > 0) {
                at++;
            } else if (other.isPresent() && !other.get().ordinal()) {
                at = other.get().end();
            } else if (token.isWord()
                    && !Text.isStop(token.fold())
                    && Numbers.at(text, at).isEmpty()
                    && token.part() == text.at(end - 1).part()) {
                words++;
                at++;
            } else {
                return -1;
            }
        }
        return -1;
    }

    private static boolean isRangeEnd(Text text, int at) {
        return text.at(at).is(Token.Kind.NUMBER);
    }

    /** Returns the currency before a number, or any unit before a colon or bracket: {@code Price (EUR): 7}. */
    private static Set<String> unitBefore(Text text, int from) {
        int at = from - 1;
        if (text.at(at).text().equals("-") && text.at(from).close()) {
            at--;
        }
        boolean headed = false;
        while (text.at(at).fold().matches("[):=\\]]")) {
            headed = true;
            at--;
        }
        Token token = text.at(at);
        Set<String> meanings = Lexicon.meanings("unit", token.fold());
        boolean currency = token.text().matches("\\p{Sc}|US\\$|\\p{Lu}{3}")
                && meanings.stream().anyMatch(each -> each.matches("[A-Z]{3}"));
        boolean mine =
                token.sentence() == text.at(from).sentence() && !text.used().get(Math.max(at, 0));
        return mine && (currency || headed) ? meanings : Set.of();
    }

    private static int perEnd(Text text, int at) {
        Token token = text.at(at);
        if (Lexicon.has("per", token.fold())) {
            return at + 1;
        }
        boolean each = Set.of("per", "/", "pro", "por", "a", "an", "each", "every", "al", "je", "par", "for")
                .contains(token.fold());
        if (!each || at + 1 >= text.tokens().size()) {
            return at;
        }
        int article = token.fold().equals("for") || token.fold().equals("por") ? 1 : 0;
        if (token.fold().equals("for")
                && !Set.of("each", "every").contains(text.at(at + 1).fold())) {
            return at;
        }
        int unit = at + 1 + (Set.of("each", "every").contains(text.at(at + 1).fold()) ? article : 0);
        Lexicon.Match match = Lexicon.at("unit", text.tokens(), unit);
        return match.length() == 0 ? at : unit + match.length();
    }

    private static String perOf(Text text, int from, int end, Token last) {
        if (end == from + 1) {
            return Lexicon.at("per", List.of(last), 0).meaning();
        }
        for (int i = from + 1; i < end; i++) {
            Lexicon.Match match = Lexicon.at("unit", text.tokens(), i);
            if (match.length() > 0 && i + match.length() == end) {
                return match.meaning();
            }
        }
        return "";
    }

    private static String bound(Text text, int from, int next) {
        int start = from;
        while ((text.at(start - 1).fold().matches("\\p{Sc}|us\\$|a|an|the|[a-z]{3}")
                        && text.at(start).close())
                || text.at(start - 1).text().matches("\\p{Sc}")) {
            start--;
        }
        Lexicon.Match before = Lexicon.before("bound", text.tokens(), start);
        if (before.length() > 0) {
            return before.meaning();
        }
        return next < text.tokens().size()
                ? Lexicon.at("bound after", text.tokens(), next).meanings().stream()
                        .findFirst()
                        .orElse("")
                : "";
    }

    /** Returns the stems of the words that follow, and of the one before, within the part. */
    private static Set<String> nouns(Text text, int from, int end) {
        Set<String> nouns = new LinkedHashSet<>();
        for (int i = end; i < text.tokens().size() && nouns.size() < WINDOW; i++) {
            Token token = text.at(i);
            if (token.part() != text.at(end - 1).part() || token.is(Token.Kind.NUMBER)) {
                break;
            }
            if (token.isWord() && !Text.isStop(token.fold())) {
                nouns.add(Text.stem(token.fold()));
            }
        }
        Token before = text.at(from - 1);
        if (before.isWord()
                && !Text.isStop(before.fold())
                && before.part() == text.at(from).part()
                && (nouns.isEmpty() || before.isCapitalised())) {
            nouns.add(Text.stem(before.fold()));
        }
        return nouns;
    }

    /** Returns the stems of the words of the same part of the clause without those of the quantity. */
    private static Set<String> around(Text text, int from, int next) {
        Set<String> around = new HashSet<>();
        Token number = text.at(from);
        for (int i = 0; i < text.tokens().size(); i++) {
            Token token = text.at(i);
            boolean own = i >= from && i < next;
            if (!own && token.isWord() && token.part() == number.part() && !Text.isStop(token.fold())) {
                around.add(Text.stem(token.fold()));
            }
        }
        return around;
    }
}
