package dev.llmadapt;

/** Keeps messages readable: a damaged file can give a name of a hundred megabytes, which belongs in no log. */
final class Brief {
    private static final int MOST = 4000;

    private Brief() {}

    /** The text, or where it is very long its beginning and its end. */
    static String of(String message) {
        return message.length() <= MOST
                ? message
                : message.substring(0, MOST / 2) + " [... " + (message.length() - MOST) + " characters ...] "
                        + message.substring(message.length() - MOST / 2);
    }
}
