package dev.llmadapt.text;

import java.io.Serial;

/** Bytes that are not text in the expected encoding; the message says why, without file and line. */
public final class MalformedText extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The line, from 1. */
    private final long line;

    MalformedText(long line, String reason) {
        super(reason, null, false, false);
        this.line = line;
    }

    /** The line where the first such byte stands, from 1. */
    public long line() {
        return line;
    }

    /** The reason, without the line. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
