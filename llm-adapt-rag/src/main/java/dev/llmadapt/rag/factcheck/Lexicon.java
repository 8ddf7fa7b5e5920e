package dev.llmadapt.rag.factcheck;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The table of words, read once: the meanings of forms, by kind. Of forms with several words the longest is found
 * first.
 */
final class Lexicon {
    private static final int MAX_WORDS = 4; // words of a form
    private static final Map<String, Map<String, Set<String>>> KINDS = read();

    private Lexicon() {}

    /**
     * The form at a position of a text.
     *
     * @param meanings the meanings; several for an ambiguous form, such as {@code pound}
     * @param length the number of tokens
     */
    record Match(Set<String> meanings, int length) {
        String meaning() {
            return meanings.iterator().next();
        }
    }

    private static Map<String, Map<String, Set<String>>> read() {
        Map<String, Map<String, Set<String>>> kinds = new HashMap<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Lexicon.class.getResourceAsStream("lexicon.tsv"), "lexicon.tsv is missing"),
                StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("#") || line.isBlank()) {
                    continue;
                }
                String[] cells = line.split("\t", -1);
                for (String form : cells[2].split(";", -1)) {
                    kinds.computeIfAbsent(cells[0], kind -> new HashMap<>())
                            .computeIfAbsent(form, words -> new HashSet<>())
                            .add(cells[1]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("lexicon.tsv cannot be read", e);
        }
        return kinds;
    }

    static boolean has(String kind, String form) {
        return forms(kind).containsKey(form);
    }

    /** Returns the meanings of a form; none if the table does not have it. */
    static Set<String> meanings(String kind, String form) {
        return forms(kind).getOrDefault(form, Set.of());
    }

    static Map<String, Set<String>> forms(String kind) {
        return Objects.requireNonNull(KINDS.get(kind), kind);
    }

    /** Finds the longest form that begins at a token, or a match of length 0. */
    static Match at(String kind, List<Token> tokens, int from) {
        for (int length = Math.min(MAX_WORDS, tokens.size() - from); length > 0; length--) {
            Set<String> meanings = meanings(kind, joined(tokens, from, from + length));
            if (!meanings.isEmpty()) {
                return new Match(meanings, length);
            }
        }
        return new Match(Set.of(), 0);
    }

    /** Finds the longest form that ends before a token, or a match of length 0. */
    static Match before(String kind, List<Token> tokens, int end) {
        for (int length = Math.min(MAX_WORDS, end); length > 0; length--) {
            Set<String> meanings = meanings(kind, joined(tokens, end - length, end));
            if (!meanings.isEmpty()) {
                return new Match(meanings, length);
            }
        }
        return new Match(Set.of(), 0);
    }

    private static String joined(List<Token> tokens, int from, int to) {
        if (to - from == 1) {
            return tokens.get(from).fold();
        }
        StringBuilder words = new StringBuilder();
        for (Token token : tokens.subList(from, to)) {
            words.append(words.isEmpty() ? "" : " ").append(token.fold());
        }
        return words.toString();
    }
}
