package dev.llmadapt.peft.data;

import java.util.List;

/**
 * The report of a curation: what it found and dropped. Every example read is either kept or dropped for one reason.
 *
 * @param origin where the examples are from
 * @param read how many there were
 * @param kept how many are left
 * @param broken how many records of the file could not be read, and are not among {@code read}
 * @param brokenLines the first of them
 * @param fields what the file's fields were taken as, and which were not read
 * @param dropped one entry a reason, in the order of the steps, also where none was dropped
 * @param personalData one entry a kind that was looked for
 * @param conflicts kept examples with the same prompt as an earlier kept one and another answer: a mistake where
 *     answers are labels
 * @param answers the distribution of repeated answers
 */
public record CurationReport(
        String origin,
        int read,
        int kept,
        long broken,
        List<TrainingData.BrokenLine> brokenLines,
        TrainingFields fields,
        List<Dropped> dropped,
        List<Found> personalData,
        Cases conflicts,
        Answers answers) {
    /** How many cases are kept of each kind. */
    public static final int MAX_CASES = 20;

    /** How many answers are kept. */
    public static final int MAX_ANSWERS = 50;

    /** Copies. */
    public CurationReport {
        brokenLines = List.copyOf(brokenLines);
        dropped = List.copyOf(dropped);
        personalData = List.copyOf(personalData);
    }

    /** Why an example was dropped. */
    public enum Reason {
        /** The model cannot learn it: its template refuses the conversation, or its embedding lacks a token. */
        NOT_LEARNABLE,
        /** Below the least length. */
        TOO_SHORT,
        /** Above the greatest length. */
        TOO_LONG,
        /** Its prompt occurs, exactly or nearly, in held-out data. */
        LEAKED,
        /** An earlier example has the same messages. */
        EXACT_DUPLICATE,
        /** Nearly the same prompt and answer stood before. */
        NEAR_DUPLICATE,
        /** More examples than allowed have its answer. */
        OVER_ANSWER_LIMIT
    }

    /**
     * How many, and the first of them.
     *
     * @param count how many there are
     * @param first at most {@value #MAX_CASES}
     */
    public record Cases(int count, List<Case> first) {
        /** Copies. */
        public Cases {
            first = List.copyOf(first);
        }
    }

    /**
     * One example.
     *
     * @param id its name
     * @param line its line in the file, from 1, or 0
     * @param detail what was found, without any text of the example
     */
    public record Case(String id, long line, String detail) {}

    /**
     * The examples dropped for one reason.
     *
     * @param reason why
     * @param cases which
     */
    public record Dropped(Reason reason, Cases cases) {}

    /**
     * Personal data of one kind.
     *
     * @param kind which
     * @param occurrences how often, at all
     * @param cases the examples
     */
    public record Found(PersonalData kind, long occurrences, Cases cases) {}

    /**
     * How often answers are given.
     *
     * @param distinct how many different answers were read
     * @param frequent those read more than once, the most frequent first, at most {@value #MAX_ANSWERS}
     */
    public record Answers(int distinct, List<Count> frequent) {
        /** Copies. */
        public Answers {
            frequent = List.copyOf(frequent);
        }
    }

    /**
     * How often one answer is given.
     *
     * @param answer its text, cut where it is long
     * @param read in how many examples at first
     * @param kept in how many at last
     */
    public record Count(String answer, int read, int kept) {}

    /** How many were dropped for a reason. */
    public int count(Reason reason) {
        return dropped.stream()
                .filter(entry -> entry.reason() == reason)
                .mapToInt(entry -> entry.cases().count())
                .sum();
    }

    /** The report as lines for people, with what occurred and the first few cases of it. */
    public String table() {
        return CurationText.table(this);
    }

    /** The report as one JSON object, whose keys are the names of these records' components. */
    public String json() {
        return CurationText.json(this);
    }
}
