package dev.llmadapt.text;

import java.io.Serial;

/** A record of a file that cannot be used; the message says why, without file and line. The next record can be read. */
public final class BrokenRecord extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MAX_SHOWN = 60;

    /** A broken record and the reason why it is one. */
    public BrokenRecord(String reason) {
        super(reason, null, false, false);
    }

    /** The reason, never null. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /** Shortens a text of the file to one line that fits into a message. */
    public static String brief(String text) {
        String line = text.replaceAll("\\s+", " ");
        if (line.length() <= MAX_SHOWN) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN;
        return line.substring(0, end) + "...";
    }
}
