package dev.llmadapt.peft;

/** The virtual tokens of prompt tuning and prefix tuning, which begin as those of a text. */
final class VirtualTokens {
    private static final int MAX = 4096;

    private static final int MAX_HIDDEN = 65536;

    private VirtualTokens() {}

    /** Refuses a number of them that is out of range. */
    static void check(int virtualTokens) {
        if (virtualTokens < 1 || virtualTokens > MAX) {
            throw new IllegalArgumentException(
                    "virtualTokens must be from 1 to " + MAX + ", virtualTokens: " + virtualTokens);
        }
    }

    /** Refuses a hidden size of the network that makes them, which is out of range; 0 is none. */
    static void checkHidden(String name, int hiddenSize) {
        if (hiddenSize < 0 || hiddenSize > MAX_HIDDEN) {
            throw new IllegalArgumentException(
                    name + " must be from 1 to " + MAX_HIDDEN + ", or 0 for none, " + name + ": " + hiddenSize);
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
