package dev.llmadapt.peft.data;

import dev.llmadapt.Message;
import dev.llmadapt.peft.data.TrainingData.BrokenLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Preferences to learn from, where they are from, and what of the file could not be read.
 *
 * @param origin the file, or other words for where they are from
 * @param examples in the file's order; all pairs, or all judged answers
 * @param brokenCount how many records of the file could not be read
 * @param broken the first of them, at most {@value TrainingData#MAX_BROKEN}
 * @param fields what the file's fields were taken as, and which were not read
 */
public record PreferenceData(
        String origin,
        List<PreferenceExample> examples,
        long brokenCount,
        List<BrokenLine> broken,
        TrainingFields fields) {
    /** Checks and copies. */
    public PreferenceData {
        examples = List.copyOf(examples);
        broken = List.copyOf(broken);
        if (broken.size() > TrainingData.MAX_BROKEN || broken.size() > brokenCount) {
            throw new IllegalArgumentException("expected at most " + Math.min(TrainingData.MAX_BROKEN, brokenCount)
                    + " broken lines, got " + broken.size());
        }
        long pairs = examples.stream()
                .filter(example -> example instanceof PreferenceExample.Pair)
                .count();
        if (pairs != 0 && pairs != examples.size()) {
            throw new IllegalArgumentException("expected pairs alone or judged answers alone, got " + pairs
                    + " pairs among " + examples.size() + " examples");
        }
    }

    /** Two sides of one set of examples, each in its order. */
    public record Split(PreferenceData train, PreferenceData heldOut) {}

    /** Reads a file and passes over no field: see {@link #read(Path, List)}. */
    public static PreferenceData read(Path file) {
        return read(file, List.of());
    }

    /**
     * Reads a file of TRL's forms: {@code .jsonl}, {@code .ndjson} or {@code .json}, laid out and limited as
     * {@link TrainingData#read(Path, TrainingFormat)} says. A record is a pair, {@code prompt}, {@code chosen} and
     * {@code rejected}, or a judged answer, {@code prompt}, {@code completion} and {@code label} (true or false); all
     * records are as the first one. A field is a text, which is a message as a user or an assistant writes it, or a
     * list of messages with {@code role} and {@code content}, which ends with one answer. Where {@code chosen} and
     * {@code rejected} are lists, {@code prompt} may be missing: it is what both begin with. A record that cannot be
     * read is kept as a {@link BrokenLine}, and the next one is read.
     *
     * @param ignored names of fields that are passed over, whatever they say
     * @throws TrainingDataException if the file is missing or unreadable, its ending is unknown, or no record can be
     *     read
     */
    public static PreferenceData read(Path file, List<String> ignored) {
        return PreferenceFile.read(file, ignored);
    }

    /** Preferences from elsewhere than a file. */
    public static PreferenceData of(String origin, List<? extends PreferenceExample> examples) {
        return new PreferenceData(origin, List.copyOf(examples), 0, List.of(), TrainingFields.none());
    }

    /** Other examples from the same place. */
    public PreferenceData withExamples(List<? extends PreferenceExample> others) {
        return new PreferenceData(origin, List.copyOf(others), brokenCount, broken, fields);
    }

    /** Whether the examples are pairs. */
    public boolean isPaired() {
        return !examples.isEmpty() && examples.get(0) instanceof PreferenceExample.Pair;
    }

    /** The answers one by one, as TRL unpairs them: all better ones, which are desirable, then all worse ones. */
    public PreferenceData unpaired() {
        if (!isPaired()) {
            return this;
        }
        List<PreferenceExample> all = new ArrayList<>();
        for (boolean label : new boolean[] {true, false}) {
            for (PreferenceExample example : examples) {
                PreferenceExample.Pair pair = (PreferenceExample.Pair) example;
                all.add(new PreferenceExample.Judged(
                        pair.id() + (label ? "/chosen" : "/rejected"),
                        pair.prompt(),
                        label ? pair.chosen() : pair.rejected(),
                        label,
                        pair.line()));
            }
        }
        return withExamples(all);
    }

    /**
     * Splits so that no held-out prompt was nearly seen, as {@link TrainingData#split} does. The same seed gives the
     * same split.
     *
     * @param heldOutShare of the groups of near-duplicates, in (0, 1)
     * @throws IllegalArgumentException if one side would be empty
     */
    public Split split(double heldOutShare, long seed) {
        List<TrainingExample> alike = new ArrayList<>();
        for (PreferenceExample example : examples) {
            List<Message> messages = new ArrayList<>(example.prompt());
            // judged answers keep their share of desirable ones; pairs are all of one kind
            messages.add(Message.assistant(
                    example instanceof PreferenceExample.Judged judged ? String.valueOf(judged.label()) : "pair"));
            alike.add(TrainingExample.of(example.id(), messages));
        }
        boolean[] heldOut = SplitGroups.heldOut(alike, Curation.NEAR, heldOutShare, seed);
        List<PreferenceExample> here = new ArrayList<>();
        List<PreferenceExample> there = new ArrayList<>();
        for (int i = 0; i < heldOut.length; i++) {
            (heldOut[i] ? there : here).add(examples.get(i));
        }
        if (here.isEmpty() || there.isEmpty()) {
            throw new IllegalArgumentException("cannot hold out " + heldOutShare + " of " + examples.size()
                    + " preferences: their prompts are too few or too much alike; take more or a larger share");
        }
        return new Split(withExamples(here), withExamples(there));
    }
}
