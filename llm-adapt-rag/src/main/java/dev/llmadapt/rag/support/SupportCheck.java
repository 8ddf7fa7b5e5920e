package dev.llmadapt.rag.support;

import dev.llmadapt.Passage;
import java.util.ArrayList;
import java.util.List;

/**
 * The check whether a passage says what a statement says, as far as that can be told without understanding it: numbers
 * with their units, dates, times, names, codes, quotations and negations of the statement must stand in the passage.
 *
 * <p>Spellings do not matter: {@code 18 days} is {@code eighteen days}, {@code 1,500} is {@code 1500} and, in a German
 * text, {@code 1.500}; {@code 3 May 2026} is {@code 2026-05-03}; {@code Müller} is {@code Mueller}. Units are not
 * converted: {@code 24 hours} is not {@code 1 day}, as a working day is not a day. The words of English, German,
 * Spanish, French, Italian, Portuguese and Dutch are known; a capitalised word, or one in a script without capitals, is
 * taken for a name.
 */
public final class SupportCheck {
    private SupportCheck() {}

    /**
     * The facts of a statement, those that stand in a passage apart from those that do not; similarity is not looked
     * at.
     *
     * @param statement a sentence, or a part of one
     * @param passage with its title, if it has one
     */
    public static Support facts(String statement, String passage) {
        return of(statement, passage, 1, 0);
    }

    /**
     * As {@link #facts}, beside a similarity of both.
     *
     * @param similarity how alike both are
     * @param minSimilarity what it must be at least
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

    /** A passage as a statement is compared with it: its text under its title. */
    public static String textOf(Passage passage) {
        return passage.title().isEmpty() ? passage.text() : passage.title() + "\n\n" + passage.text();
    }

    /** The support of a sentence by the text that it is quoted from: all of its facts stand there. */
    public static Support verbatim(String sentence) {
        List<Fact> facts =
                Reading.ofStatement(sentence).claims().stream().map(Claim::fact).toList();
        return new Support(facts, List.of(), 1, 0);
    }

    /**
     * The share of a statement's words, but those that stand in any text, that stand in a passage; 1 without such
     * words.
     */
    public static double sharedWords(String statement, String passage) {
        return Text.of(statement).sharedWith(Text.of(passage));
    }

    /** How many different words a text has beyond those that stand in any text. */
    public static int words(String text) {
        return Text.of(text).contentStems().size();
    }
}
