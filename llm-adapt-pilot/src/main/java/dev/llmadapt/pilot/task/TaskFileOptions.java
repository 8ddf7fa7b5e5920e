package dev.llmadapt.pilot.task;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The options for reading task files.
 *
 * @param textColumn the column with the texts, or empty to find it by its usual names (such as {@code query} or
 *     {@code sentence})
 * @param labelColumn the column with the labels, or empty to find it (such as {@code intent} or {@code category})
 * @param instruction what the model is told to do, or empty for the task's own or a general one
 * @param labels how labels are shown to the model
 * @param labelNames what labels of the file are called instead, such as {@code positive} for {@code 1}; the others keep
 *     theirs
 * @param testShare the share of a single file that is kept for testing, in (0, 1)
 * @param seed fixes that split
 */
public record TaskFileOptions(
        String textColumn,
        String labelColumn,
        String instruction,
        LabelStyle labels,
        Map<String, String> labelNames,
        double testShare,
        long seed) {
    private static final TaskFileOptions DEFAULTS = new TaskFileOptions("", "", "", LabelStyle.TASK, Map.of(), 0.3, 0);

    /** Copies the names; refuses a share that is none. */
    public TaskFileOptions {
        labelNames = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(labelNames));
        if (!(testShare > 0 && testShare < 1)) {
            throw new IllegalArgumentException("testShare must be in (0, 1), testShare: " + testShare);
        }
    }

    /** The form in which labels are shown to the model. */
    public enum LabelStyle {
        /**
         * As {@code task.json} says, as they are where it says nothing; as words where there is no {@code task.json}.
         */
        TASK,
        /** As they are in the file. */
        AS_IS,
        /**
         * Underscores become spaces, as long as labels stay different: {@code card_arrival} is {@code card arrival}.
         */
        WORDS
    }

    /** Options with columns by their usual names, the task's own instruction and labels, 30 % for testing, seed 0. */
    public static TaskFileOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options with a named text column. */
    public TaskFileOptions withTextColumn(String textColumn) {
        return new TaskFileOptions(textColumn, labelColumn, instruction, labels, labelNames, testShare, seed);
    }

    /** Returns these options with a named label column. */
    public TaskFileOptions withLabelColumn(String labelColumn) {
        return new TaskFileOptions(textColumn, labelColumn, instruction, labels, labelNames, testShare, seed);
    }

    /** Returns these options with another instruction. */
    public TaskFileOptions withInstruction(String instruction) {
        return new TaskFileOptions(textColumn, labelColumn, instruction, labels, labelNames, testShare, seed);
    }

    /** Returns these options with labels shown in another way. */
    public TaskFileOptions withLabels(LabelStyle labels) {
        return new TaskFileOptions(textColumn, labelColumn, instruction, labels, labelNames, testShare, seed);
    }

    /** Returns these options with other names for labels. */
    public TaskFileOptions withLabelNames(Map<String, String> labelNames) {
        return new TaskFileOptions(textColumn, labelColumn, instruction, labels, labelNames, testShare, seed);
    }

    /** Returns these options with another share for testing. */
    public TaskFileOptions withTestShare(double testShare) {
        return new TaskFileOptions(textColumn, labelColumn, instruction, labels, labelNames, testShare, seed);
    }

    /** Returns these options with another seed. */
    public TaskFileOptions withSeed(long seed) {
        return new TaskFileOptions(textColumn, labelColumn, instruction, labels, labelNames, testShare, seed);
    }
}
