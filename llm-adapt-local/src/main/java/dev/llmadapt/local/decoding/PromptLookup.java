package dev.llmadapt.local.decoding;

import java.util.Arrays;

/**
 * Prompt lookup decoding (Saxena 2023): drafts of the next tokens of an answer, which are those that followed where its
 * last tokens stood before, in the prompt or the answer itself. After drafts that were wrong it waits for some tokens,
 * longer each time. Not thread-safe.
 */
final class PromptLookup {
    /** The fewest last tokens that must have stood before. */
    private static final int LEAST = 3;
    /** The last tokens that are compared at most. */
    private static final int MOST = 8;

    private int[] text;
    private int length;
    private final DraftWait wait = new DraftWait();

    PromptLookup(int[] prompt) {
        this.text = Arrays.copyOf(prompt, prompt.length + 64);
        this.length = prompt.length;
    }

    /** Adds a token of the answer. */
    void add(int id) {
        if (length == text.length) {
            text = Arrays.copyOf(text, 2 * length);
        }
        text[length++] = id;
        wait.passed();
    }

    /** Learns how many of the tokens of a draft were right. */
    void tried(int drafted, int right) {
        wait.tried(drafted, right);
    }

    /** Returns at most so many tokens that may come next; none where the last ones did not stand before. */
    int[] draft(int most) {
        int best = 0;
        int from = 0;
        for (int end = length - 1; wait.over() && most > 0 && end >= LEAST && best < MOST; end--) {
            int same = same(end);
            if (same > best) { // the latest of those that agree longest
                best = same;
                from = end;
            }
        }
        return best < LEAST ? new int[0] : Arrays.copyOfRange(text, from, Math.min(length, from + most));
    }

    /** Counts the tokens before a place that are also the last of the text. */
    private int same(int end) {
        int same = 0;
        while (same < MOST && same < end && text[end - 1 - same] == text[length - 1 - same]) {
            same++;
        }
        return same;
    }
}
