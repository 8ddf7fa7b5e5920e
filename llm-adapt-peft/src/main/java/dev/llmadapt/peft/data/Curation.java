package dev.llmadapt.peft.data;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The rules of what to keep of training data. The steps are, in this order: personal data is masked, then examples are
 * dropped that a model cannot learn, that are too short or too long, that nearly occur in held-out data, that occur
 * twice, that nearly occur twice, and that exceed their answer's share. Of duplicates the first stays; order stays; the
 * same options and data give the same result; and a second pass drops nothing more. Time grows about linearly with the
 * number of examples. The functions of the options aside, immutable.
 *
 * @param exactDuplicates whether an example with the same messages as an earlier one is dropped
 * @param nearDuplicates the Jaccard similarity of word 3-shingles, in (0, 1], from which an example is dropped: its
 *     prompt and its answer must both be as similar to those of one earlier example, under the same system message; and
 *     from which a prompt is taken to be a held-out one. Candidates are found by MinHash with a probability of at least
 *     0.99 and then compared exactly. Empty: no near-duplicates, and only the very same prompt is leakage
 * @param refusal the reason why an example cannot be learned, or empty; empty itself where nothing is asked
 * @param length limits, if any
 * @param maxPerAnswer how many examples may have the same answer, at least 1, for classes of very different size; which
 *     of them stay is drawn by the seed. Empty: all
 * @param personalData what is done about personal data
 * @param kinds which kinds of it
 * @param seed for the draw
 */
public record Curation(
        boolean exactDuplicates,
        OptionalDouble nearDuplicates,
        Optional<Function<TrainingExample, Optional<String>>> refusal,
        Optional<LengthLimit> length,
        OptionalInt maxPerAnswer,
        PersonalDataRule personalData,
        Set<PersonalData> kinds,
        long seed) {
    /** The usual Jaccard similarity of near-duplicates. */
    public static final double NEAR = 0.8;

    /** The treatment of personal data. */
    public enum PersonalDataRule {
        /** Nothing. */
        OFF,
        /** It is counted and its examples named in the report. */
        FLAG,
        /**
         * It is counted and named as by {@link #FLAG}, and each occurrence is replaced by its
         * {@linkplain PersonalData#placeholder() placeholder}.
         */
        MASK
    }

    /**
     * A limit of an example's length.
     *
     * @param unit what is counted, for the report: {@code tokens}
     * @param min the least, from 0
     * @param max the most, not less than min
     * @param measure counts
     */
    public record LengthLimit(String unit, int min, int max, ToIntFunction<TrainingExample> measure) {
        /** Checks the components. */
        public LengthLimit {
            if (min < 0 || max < min) {
                throw new IllegalArgumentException("expected 0 <= min <= max, min: " + min + ", max: " + max);
            }
        }

        /** Of the characters of all messages. */
        public static LengthLimit characters(int min, int max) {
            return new LengthLimit(
                    "characters",
                    min,
                    max,
                    example -> example.messages().stream()
                            .mapToInt(message -> TrainingExample.said(message).length())
                            .sum());
        }
    }

    /**
     * The result.
     *
     * @param data what is kept
     * @param report what was done
     */
    public record Curated(TrainingData data, CurationReport report) {}

    /** Checks and copies. */
    public Curation {
        if (nearDuplicates.isPresent() && !(nearDuplicates.getAsDouble() > 0 && nearDuplicates.getAsDouble() <= 1)) {
            throw new IllegalArgumentException(
                    "nearDuplicates must be in (0, 1], nearDuplicates: " + nearDuplicates.getAsDouble());
        }
        if (maxPerAnswer.isPresent() && maxPerAnswer.getAsInt() < 1) {
            throw new IllegalArgumentException(
                    "maxPerAnswer must be at least 1, maxPerAnswer: " + maxPerAnswer.getAsInt());
        }
        EnumSet<PersonalData> copy = EnumSet.noneOf(PersonalData.class);
        copy.addAll(kinds);
        kinds = Collections.unmodifiableSet(copy);
    }

    /** Exact duplicates and near-duplicates from {@value #NEAR} are dropped, personal data of all kinds is flagged. */
    public static Curation defaults() {
        return new Curation(
                true,
                OptionalDouble.of(NEAR),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                PersonalDataRule.FLAG,
                EnumSet.allOf(PersonalData.class),
                0);
    }

    /** Returns this curation with exact duplicates dropped or kept. */
    public Curation withExactDuplicates(boolean dropped) {
        return with(copy -> copy.exactDuplicates = dropped);
    }

    /** Returns this curation with near-duplicates dropped from another similarity. */
    public Curation withNearDuplicates(double similarity) {
        return with(copy -> copy.nearDuplicates = OptionalDouble.of(similarity));
    }

    /** Returns this curation with near-duplicates kept. */
    public Curation withoutNearDuplicates() {
        return with(copy -> copy.nearDuplicates = OptionalDouble.empty());
    }

    /**
     * This curation without what cannot be learned, such as what a model's chat template refuses: see
     * {@code Tuning.refusal}.
     *
     * @param refusal the reason why an example cannot be learned, or empty
     */
    public Curation withRefusal(Function<TrainingExample, Optional<String>> refusal) {
        return with(copy -> copy.refusal = Optional.of(refusal));
    }

    /** Returns this curation with a limit of length. */
    public Curation withLength(LengthLimit limit) {
        return with(copy -> copy.length = Optional.of(limit));
    }

    /** Returns this curation with at most so many examples of one answer. */
    public Curation withMaxPerAnswer(int count) {
        return with(copy -> copy.maxPerAnswer = OptionalInt.of(count));
    }

    /** Returns this curation with another treatment of personal data. */
    public Curation withPersonalData(PersonalDataRule rule, PersonalData... kinds) {
        Set<PersonalData> chosen = kinds.length == 0 ? this.kinds : Set.copyOf(Arrays.asList(kinds));
        return new Curation(exactDuplicates, nearDuplicates, refusal, length, maxPerAnswer, rule, chosen, seed);
    }

    /** Returns this curation with another seed. */
    public Curation withSeed(long seed) {
        return with(copy -> copy.seed = seed);
    }

    private Curation with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.get();
    }

    /** The components by name, to be changed. */
    private static final class Copy {
        private boolean exactDuplicates;
        private OptionalDouble nearDuplicates;
        private Optional<Function<TrainingExample, Optional<String>>> refusal;
        private Optional<LengthLimit> length;
        private OptionalInt maxPerAnswer;
        private PersonalDataRule personalData;
        private Set<PersonalData> kinds;
        private long seed;

        Copy(Curation of) {
            exactDuplicates = of.exactDuplicates;
            nearDuplicates = of.nearDuplicates;
            refusal = of.refusal;
            length = of.length;
            maxPerAnswer = of.maxPerAnswer;
            personalData = of.personalData;
            kinds = of.kinds;
            seed = of.seed;
        }

        Curation get() {
            return new Curation(
                    exactDuplicates, nearDuplicates, refusal, length, maxPerAnswer, personalData, kinds, seed);
        }
    }

    /**
     * Curates.
     *
     * @param data what to curate
     * @param heldOut data that is measured on: what has the same or nearly the same prompt (system messages aside,
     *     whatever the answer) is dropped from {@code data}; never changed
     */
    public Curated apply(TrainingData data, TrainingData... heldOut) {
        return Curator.curate(this, data, List.of(heldOut));
    }
}
