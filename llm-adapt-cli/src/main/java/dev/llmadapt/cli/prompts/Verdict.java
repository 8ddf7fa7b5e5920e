package dev.llmadapt.cli.prompts;

/**
 * What an assertion says of an answer.
 *
 * @param passed whether the answer keeps it
 * @param score how well, in [0, 1]
 * @param reason what was expected and found, for one that does not keep it
 */
record Verdict(boolean passed, double score, String reason) {
    static Verdict of(boolean passed, String reason) {
        return new Verdict(passed, passed ? 1 : 0, reason);
    }

    /** A score that must reach a threshold. */
    static Verdict atLeast(double score, double threshold, String what) {
        return new Verdict(
                score >= threshold,
                score,
                String.format(java.util.Locale.ROOT, "%s is %.3f, expected at least %s", what, score, threshold));
    }

    /** A number that must not be above a limit. */
    static Verdict atMost(double value, double limit, String what) {
        return of(
                value <= limit,
                String.format(
                        java.util.Locale.ROOT,
                        "%s is %s, expected at most %s",
                        what,
                        value == Math.rint(value) ? (Object) (long) value : (Object) value,
                        limit == Math.rint(limit) ? (Object) (long) limit : (Object) limit));
    }

    Verdict negated() {
        return new Verdict(!passed, 1 - score, "kept, which it must not be: " + reason);
    }
}
