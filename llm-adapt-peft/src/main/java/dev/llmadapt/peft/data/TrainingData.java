package dev.llmadapt.peft.data;

import dev.llmadapt.Example;
import dev.llmadapt.Message;
import dev.llmadapt.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Examples to learn from, where they are from, and what of the file could not be read.
 *
 * @param origin the file, or other words for where they are from
 * @param examples in the file's order
 * @param brokenCount how many records of the file could not be read
 * @param broken the first of them, at most {@value #MAX_BROKEN}
 * @param fields what the file's fields were taken as, and which were not read
 */
public record TrainingData(
        String origin,
        List<TrainingExample> examples,
        long brokenCount,
        List<BrokenLine> broken,
        TrainingFields fields) {
    /** How many broken lines are kept with their reasons. */
    public static final int MAX_BROKEN = 100;

    /** Checks and copies. */
    public TrainingData {
        examples = List.copyOf(examples);
        broken = List.copyOf(broken);
        if (broken.size() > MAX_BROKEN || broken.size() > brokenCount) {
            throw new IllegalArgumentException(
                    "expected at most " + Math.min(MAX_BROKEN, brokenCount) + " broken lines, got " + broken.size());
        }
    }

    /**
     * A record that could not be read, or is marked as not to be learned.
     *
     * @param line where it begins, from 1
     * @param reason why
     */
    public record BrokenLine(long line, String reason) {
        @Override
        public String toString() {
            return "line " + line + ": " + reason;
        }
    }

    /**
     * Two sides of one set of examples, each in its order.
     *
     * @param train to learn from
     * @param heldOut to measure on
     */
    public record Split(TrainingData train, TrainingData heldOut) {}

    /** Reads a file whose form is {@linkplain TrainingFormat#detected() found by its keys}. */
    public static TrainingData read(Path file) {
        return read(file, TrainingFormat.detected());
    }

    /**
     * Reads a file: {@code .csv} and {@code .tsv} with a header; {@code .jsonl}, {@code .ndjson} and {@code .json} as
     * JSON, one object a line, objects over several lines, one array, or one object whose only list of objects is the
     * records, such as <code>{"data": [...]}</code>. It is read as a stream, UTF-8 unless a byte order mark says
     * otherwise, its records of at most 4 MiB, at most 1,000 messages an example, at most 5 million examples. A record
     * that cannot be read is kept as a {@link BrokenLine}, and the next one is read.
     *
     * @param file what to read
     * @param format the form of its records
     * @throws TrainingDataException if the file is missing or unreadable, its ending or its form is unknown, or no
     *     record can be read
     */
    public static TrainingData read(Path file, TrainingFormat format) {
        return TrainingFile.read(file, format);
    }

    /** Examples from elsewhere than a file. */
    public static TrainingData of(String origin, List<TrainingExample> examples) {
        return new TrainingData(origin, examples, 0, List.of(), TrainingFields.none());
    }

    /** The examples of a task. */
    public static TrainingData ofExamples(String origin, List<Example> examples) {
        return of(origin, examples.stream().map(TrainingExample::of).toList());
    }

    /** Other examples from the same place. */
    public TrainingData withExamples(List<TrainingExample> others) {
        return new TrainingData(origin, others, brokenCount, broken, fields);
    }

    /**
     * The examples as those of a task, which holds one question and one answer each.
     *
     * @throws IllegalStateException if one is a longer conversation, or has a system message, tools or a thought
     */
    public List<Example> toExamples() {
        List<Example> result = new ArrayList<>(examples.size());
        for (TrainingExample example : examples) {
            List<Message> prompt = example.prompt();
            boolean more = example.usesTools() || example.hasReasoning();
            if (prompt.size() > 1 || prompt.get(0).role() != Role.USER || more) {
                throw new IllegalStateException(origin + ": example " + example
                        + " is more than one question of a user and its answer: "
                        + prompt.stream().map(message -> message.role().key()).toList()
                        + " before the answer" + (example.usesTools() ? ", with tools" : "")
                        + (example.hasReasoning() ? ", with a thought" : ""));
            }
            result.add(new Example(example.id(), prompt.get(0).content(), example.completion()));
        }
        return result;
    }

    /**
     * SHA-256 of what is learned: roles, texts and which messages are supervised, in order; ids, lines and origin
     * aside.
     *
     * @return 64 hexadecimal digits
     */
    public String contentHash() {
        ContentHash hash = new ContentHash().add("llm-adapt training data 1").add(String.valueOf(examples.size()));
        for (TrainingExample example : examples) {
            hash.add(String.valueOf(example.messages().size()));
            for (int i = 0; i < example.messages().size(); i++) {
                Message message = example.messages().get(i);
                hash.add(message.role().key())
                        .add(TrainingExample.said(message))
                        .add(example.supervised().contains(i) ? "1" : "0");
            }
        }
        for (TrainingExample example : examples) {
            if (example.usesTools() || example.hasReasoning()) {
                hash.add(example.tools().toString()).add(example.messages().toString());
            }
        }
        return hash.hex();
    }

    /**
     * Splits so that no held-out prompt was nearly seen: prompts that are the same or near-duplicates (word 3-shingles
     * of a Jaccard similarity of {@value Curation#NEAR}) stay on one side, as do those that a chain of near-duplicates
     * connects. Answers that repeat often enough for it keep their share. The same seed gives the same split.
     *
     * @param heldOutShare of the groups of near-duplicates, in (0, 1)
     * @param seed which split
     * @throws IllegalArgumentException if one side would be empty
     */
    public Split split(double heldOutShare, long seed) {
        if (!(heldOutShare > 0 && heldOutShare < 1)) {
            throw new IllegalArgumentException("heldOutShare must be in (0, 1), heldOutShare: " + heldOutShare);
        }
        boolean[] heldOut = SplitGroups.heldOut(examples, Curation.NEAR, heldOutShare, seed);
        List<TrainingExample> here = new ArrayList<>();
        List<TrainingExample> there = new ArrayList<>();
        for (int i = 0; i < heldOut.length; i++) {
            (heldOut[i] ? there : here).add(examples.get(i));
        }
        if (here.isEmpty() || there.isEmpty()) {
            throw new IllegalArgumentException("cannot hold out " + heldOutShare + " of " + examples.size()
                    + " examples: their prompts are too few or too much alike; take more examples or a larger share");
        }
        return new Split(withExamples(here), withExamples(there));
    }
}
