package dev.llmadapt.local;

/**
 * The memory that a model's keys and values take, and may take. Answers that run together take what each needs; on a
 * GPU, as much each as the longest of them.
 *
 * @param bytesPerToken bytes of a token of one answer
 * @param bytesPerAnswer bytes that an answer takes beside its tokens, for its logits
 * @param memory the most bytes of all answers together; see {@link ModelOptions#cacheMemory()}
 */
public record CacheSize(long bytesPerToken, long bytesPerAnswer, long memory) {
    /** Bytes of some answers of up to so many tokens each, prompt included. */
    public long bytes(int answers, int tokens) {
        return Math.multiplyExact(answers, bytesPerAnswer + Math.multiplyExact(bytesPerToken, (long) tokens));
    }

    /** The most tokens, prompt included, of each of some answers that run together. */
    public long tokens(int answers) {
        return Math.max(0, (memory / answers - bytesPerAnswer) / bytesPerToken);
    }
}
