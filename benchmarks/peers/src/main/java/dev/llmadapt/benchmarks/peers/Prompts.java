package dev.llmadapt.benchmarks.peers;

/** Conversations of a given size, equal for every engine. */
final class Prompts {
    static final String SYSTEM = "You are a helpful assistant.";
    private static final String[] WORDS =
            ("the old bridge over the river was closed for repairs last week and people who"
                            + " live on the north side have to take the long road through the forest each morning until the new"
                            + " one is ready in spring")
                    .split(" ");

    private Prompts() {}

    /**
     * The text of a user message.
     *
     * @param number a number at its beginning, so that no two begin alike
     * @param words the number of words after it; each is one token of the default model
     */
    static String text(int number, int words) {
        StringBuilder text = new StringBuilder().append(number).append(':');
        for (int i = 0; i < words; i++) {
            text.append(' ').append(WORDS[(i + number) % WORDS.length]);
        }
        return text.toString();
    }

    /** A conversation as the default model's chat template lays it out. */
    static String chat(String text) {
        return "<|im_start|>system\n" + SYSTEM + "<|im_end|>\n<|im_start|>user\n" + text
                + "<|im_end|>\n<|im_start|>assistant\n";
    }
}
