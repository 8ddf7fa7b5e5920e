package dev.llmadapt.text;

import java.io.Serial;

/** One record of a file cannot be used; the message says why, without file and line. The next record can be read. */
public final class BrokenRecord extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MAX_SHOWN = 60;

    /** Why. */
    public BrokenRecord(String reason) {
        super(reason, null, false, false);
    }

    /** Why, without a null. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /** A text of the file, short enough for a message, on one line. */
    public static String brief(String text) {
        String line = text.replaceAll("\\s+", " ");
        if (line.length() <= MAX_SHOWN) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN;
        return line.substring(0, end) + "...";
    }
}
