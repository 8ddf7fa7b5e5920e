package dev.llmadapt.peft;

/** The virtual tokens of prompt tuning and prefix tuning, which begin as those of a text. */
final class VirtualTokens {
    private static final int MAX = 4096;

    private VirtualTokens() {}

    /** Refuses a number of them that is out of range. */
    static void check(int virtualTokens) {
        if (virtualTokens < 1 || virtualTokens > MAX) {
            throw new IllegalArgumentException(
                    "virtualTokens must be from 1 to " + MAX + ", virtualTokens: " + virtualTokens);
        }
    }

    /** The ids of a text, repeated or cut to length. */
    static int[] fill(int virtualTokens, int[] text) {
        int[] ids = new int[virtualTokens];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = text[i % text.length];
        }
        return ids;
    }
}
