package dev.llmadapt;

/** The limit on the length of messages: a damaged file can contain a name of a hundred megabytes. */
final class Brief {
    private static final int MOST = 4000;

    private Brief() {}

    /** The text, or the beginning and the end of a very long one. */
    static String of(String message) {
        return message.length() <= MOST
                ? message
                : message.substring(0, MOST / 2) + " [... " + (message.length() - MOST) + " characters ...] "
                        + message.substring(message.length() - MOST / 2);
    }
}
