package dev.llmadapt.local.constraint;

/** The state of one answer that is restricted: which tokens may come next, and whether it may or must end. */
public interface TokenMatcher {
    /**
     * Tells which tokens may come next.
     *
     * @param mask the tokens by id, {@code mask[id / 64] >>> id & 1}, at least {@link Vocabulary#words} long; filled
     * @throws ConstraintException if telling takes more memory than a constraint may
     */
    void mask(long[] mask);

    /**
     * Goes on by a token.
     *
     * @return whether it may come here; if not, nothing changes
     */
    boolean accept(int token);

    /** Whether the text may end here. */
    boolean mayEnd();

    /** Whether the text must end here, because nothing may follow. */
    boolean mustEnd();

    /**
     * Returns the bytes that every text that fits goes on with, none where there is a choice.
     *
     * @param most how many bytes at most
     */
    byte[] forced(int most);
}
