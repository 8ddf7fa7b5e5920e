package dev.llmadapt.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A text that the user gives on standard input. */
final class StandardInput {
    private static final int MAX_INPUT = 1 << 24;

    private StandardInput() {}

    /**
     * Reads all of it, without white space at the ends.
     *
     * @param what the text's name in a message
     */
    static String readAll(CommandContext context, String what) {
        try {
            byte[] bytes = context.in().readNBytes(MAX_INPUT + 1);
            if (bytes.length > MAX_INPUT) {
                throw new InvalidInput("the " + what + " on standard input is larger than " + MAX_INPUT + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new InvalidInput("standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
