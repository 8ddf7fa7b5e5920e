package dev.llmadapt.local.decoding;

/** The time without drafts after drafts that were wrong: one token, then two, four and so on. Not thread-safe. */
final class DraftWait {
    /** The most tokens that it waits. */
    private static final int LONGEST = 32;

    private int left; // tokens before the next draft
    private int next = 1; // after a draft that is wrong

    /** Whether a draft may be made. */
    boolean over() {
        return left == 0;
    }

    /** Learns that a token was chosen. */
    void passed() {
        left = Math.max(0, left - 1);
    }

    /** Learns how many of the tokens of a draft were right. */
    void tried(int drafted, int right) {
        if (2 * right >= drafted) {
            next = 1;
        } else {
            left = next;
            next = Math.min(LONGEST, 2 * next);
        }
    }
}
