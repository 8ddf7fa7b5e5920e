package dev.llmadapt.rag.factcheck;

import dev.llmadapt.Passage;
import java.util.ArrayList;
import java.util.List;

/**
 * The check whether a passage supports a statement, as far as that is possible without understanding the two: the
 * passage must contain the numbers with their units, the dates, times, names, codes, quotations and negations of the
 * statement.
 *
 * <p>Spelling does not matter: {@code 18 days} equals {@code eighteen days}; {@code 1,500} equals {@code 1500} and, in
 * a German text, {@code 1.500}; {@code 3 May 2026} equals {@code 2026-05-03}; {@code Müller} equals {@code Mueller}.
 * Units are not converted: {@code 24 hours} is not {@code 1 day}, as a working day is not a day. The words of English,
 * German, Spanish, French, Italian, Portuguese and Dutch are known. A capitalised word, or a word in a script without
 * capitals, is taken for a name.
 */
public final class SupportCheck {
    private SupportCheck() {}

    /**
     * Checks the facts of a statement against a passage, whatever their similarity.
     *
     * @param statement a sentence or a part of one
     * @param passage the passage with its title, if it has one
     */
    public static Support facts(String statement, String passage) {
        return of(statement, passage, 1, 0);
    }

    /**
     * Checks the facts of a statement and its similarity to a passage.
     *
     * @param similarity the similarity of the two
     * @param minSimilarity the minimal similarity of a supported statement
     */
    public static Support of(String statement, String passage, double similarity, double minSimilarity) {
        if (Text.of(passage).sentences().containsAll(Text.of(statement).sentences())) {
            return new Support(verbatim(statement).standing(), List.of(), similarity, minSimilarity);
        }
        Reading source = Reading.ofPassage(passage);
        List<Fact> standing = new ArrayList<>();
        List<Fact> missing = new ArrayList<>();
        for (Claim claim : Reading.ofStatement(statement).claims()) {
            (claim.standsIn(source) ? standing : missing).add(claim.fact());
        }
        Polarity.difference(statement, passage).ifPresent(missing::add);
        return new Support(standing, missing, similarity, minSimilarity);
    }

    /** Returns the text of a passage that statements are checked against: its text under its title. */
    public static String textOf(Passage passage) {
        return passage.title().isEmpty() ? passage.text() : passage.title() + "\n\n" + passage.text();
    }

    /** Returns the support of a sentence by the text that it is quoted from, which contains all its facts. */
    public static Support verbatim(String sentence) {
        List<Fact> facts =
                Reading.ofStatement(sentence).claims().stream().map(Claim::fact).toList();
        return new Support(facts, List.of(), 1, 0);
    }

    /** Computes the share of a statement's words, without stop words, that a passage contains; 1 without such words. */
    public static double sharedWords(String statement, String passage) {
        return Text.of(statement).sharedWith(Text.of(passage));
    }

    /** Counts the different words of a text without stop words. */
    public static int words(String text) {
        return Text.of(text).contentStems().size();
    }
}
