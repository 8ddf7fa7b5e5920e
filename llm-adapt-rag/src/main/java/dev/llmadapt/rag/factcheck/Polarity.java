package dev.llmadapt.rag.factcheck;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The polarity of a clause: whether it affirms or negates. A clause of the statement is compared with the clause of the
 * passage that shares most words with it: both or neither must be negated, and neither may have the opposite of a word
 * of the other.
 *
 * @param stems the stems of its words, without negating prefixes
 * @param words the folded words
 * @param negations the negating words; several of them count as one, as in "no ... nunca" or "ne ... pas"
 * @param prefixed the words with a negating prefix
 */
record Polarity(Set<String> stems, Set<String> words, List<String> negations, List<String> prefixed) {
    private static final List<String> PREFIXES = List.of("non", "un", "in", "im", "ir", "il", "dis");
    /** Finds a negation or an opposite that only one of the two texts has. */
    static Optional<Fact> difference(String statement, String passage) {
        List<Polarity> theirs = clauses(Text.of(passage), Set.of());
        Set<String> known = new HashSet<>();
        theirs.forEach(each -> known.addAll(each.words));
        List<Polarity> mine = clauses(Text.of(statement), known);
        Set<String> asked = new HashSet<>();
        mine.forEach(each -> asked.addAll(each.words));
        List<Polarity> others = clauses(Text.of(passage), asked);
        for (Polarity clause : mine) {
            Optional<String> difference = clause.difference(others);
            if (difference.isPresent()) {
                return Optional.of(new Fact(Fact.Kind.NEGATION, difference.get()));
            }
        }
        return Optional.empty();
    }

    private Optional<String> difference(List<Polarity> passage) {
        int best = Math.min(1, stems.size());
        List<Polarity> nearest = new ArrayList<>();
        for (Polarity each : passage) {
            int shared = shared(each);
            if (shared > best) {
                nearest.clear();
                best = shared;
            }
            if (shared == best) {
                nearest.add(each);
            }
        }
        if (nearest.isEmpty()) {
            return isNegated() ? Optional.of(sign()) : Optional.empty();
        }
        Optional<String> found = Optional.empty();
        for (Polarity each : nearest) {
            found = each.against(this);
            if (found.isEmpty()) {
                return found;
            }
        }
        return found;
    }

    private boolean isNegated() {
        return !negations.isEmpty() ^ prefixed.size() % 2 == 1;
    }

    private String sign() {
        return negations.isEmpty() ? prefixed.isEmpty() ? "" : prefixed.get(0) : negations.get(0);
    }

    private int shared(Polarity other) {
        Set<String> both = new HashSet<>(stems);
        both.retainAll(other.stems);
        return both.size();
    }

    private Optional<String> against(Polarity statement) {
        if (isNegated() != statement.isNegated()) {
            return Optional.of(sign().isEmpty() ? statement.sign() : sign());
        }
        for (Map.Entry<String, Set<String>> each : Lexicon.forms("opposite").entrySet()) {
            for (String one : each.getValue()) {
                if (isOpposed(statement, this, one, each.getKey()) || isOpposed(this, statement, one, each.getKey())) {
                    return Optional.of(one + " / " + each.getKey());
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isOpposed(Polarity one, Polarity other, String word, String opposite) {
        return one.words.contains(word)
                && !one.words.contains(opposite)
                && other.words.contains(opposite)
                && !other.words.contains(word);
    }

    /**
     * Returns the clauses of a text that have words.
     *
     * @param other the words of the other text: {@code unavailable} is negated if that has {@code available}
     */
    private static List<Polarity> clauses(Text text, Set<String> other) {
        Quantity.in(text, true); // "no more than 5" is no negation
        Map<Integer, Polarity> clauses = new LinkedHashMap<>();
        List<Token> tokens = text.tokens();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.is(Token.Kind.SYMBOL)) {
                continue;
            }
            Polarity clause = clauses.computeIfAbsent(
                    token.clause(),
                    id -> new Polarity(new LinkedHashSet<>(), new HashSet<>(), new ArrayList<>(), new ArrayList<>()));
            Lexicon.Match skipped = Lexicon.at("free", tokens, i);
            Lexicon.Match bound = Lexicon.at("bound", tokens, i);
            if (skipped.length() > 0) {
                clause.stems.add("free");
                clause.words.add("free");
                i += skipped.length() - 1;
                continue;
            }
            if (bound.length() > 1) {
                i += bound.length() - 1;
                continue;
            }
            clause.add(text, i, other);
        }
        return clauses.values().stream().filter(each -> !each.words.isEmpty()).toList();
    }

    private void add(Text text, int at, Set<String> other) {
        Token token = text.at(at);
        String fold = token.fold();
        words.add(fold);
        boolean number = text.at(at + 1).is(Token.Kind.NUMBER) && fold.equals("no");
        boolean only = fold.equals("not") && text.at(at + 1).fold().equals("only");
        if (Lexicon.has("negation", fold)) {
            if (!number && !only) {
                negations.add(fold);
            }
            return;
        }
        for (String prefix : PREFIXES) {
            String rest = fold.startsWith(prefix) ? fold.substring(prefix.length()) : "";
            if (rest.length() >= 4 && other.contains(rest) && !other.contains(fold)) {
                prefixed.add(fold);
                stems.add(Text.stem(rest));
                return;
            }
        }
        if (!Text.isStop(fold)) {
            stems.add(Text.stem(fold));
        }
    }
}
