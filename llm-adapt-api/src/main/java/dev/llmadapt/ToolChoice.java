package dev.llmadapt;

import java.util.Objects;

/**
 * Which tools of a request the model may or must call.
 *
 * @param mode whether it may, must not or must
 * @param tool the only tool that it may call where the mode is {@link Mode#NAMED}, empty otherwise
 * @param parallel whether one answer may have several calls, where the model's format of calls allows that
 */
public record ToolChoice(Mode mode, String tool, boolean parallel) {
    private static final ToolChoice AUTO = new ToolChoice(Mode.AUTO, "", true);

    /** How far the model decides. */
    public enum Mode {
        /** The model decides whether it calls tools. */
        AUTO,
        /** No tool is called: the model answers as if the request had no tools. */
        NONE,
        /** The answer is a call of some tool. */
        REQUIRED,
        /** The answer is a call of one tool. */
        NAMED
    }

    /** Refuses a tool without the mode for it, and the mode without a tool. */
    public ToolChoice {
        Objects.requireNonNull(mode, "mode must not be null");
        Objects.requireNonNull(tool, "tool must not be null, empty where none is named");
        if (mode == Mode.NAMED) {
            ToolSpec.requireName(tool);
        } else if (!tool.isEmpty()) {
            throw new IllegalArgumentException("only the mode NAMED names a tool, got the tool '" + tool
                    + "' with the mode " + mode + "; use ToolChoice.named");
        }
    }

    /** The model decides whether it calls tools, and may call several in one answer. */
    public static ToolChoice auto() {
        return AUTO;
    }

    /** No tool is called; the tools are not shown to the model. */
    public static ToolChoice none() {
        return new ToolChoice(Mode.NONE, "", true);
    }

    /** The answer is a call of some tool, or several. */
    public static ToolChoice required() {
        return new ToolChoice(Mode.REQUIRED, "", true);
    }

    /** The answer is one call of this tool. */
    public static ToolChoice named(String tool) {
        return new ToolChoice(Mode.NAMED, tool, false);
    }

    /** This choice with several calls in one answer, or at most one. */
    public ToolChoice withParallel(boolean parallel) {
        return new ToolChoice(mode, tool, parallel);
    }
}
