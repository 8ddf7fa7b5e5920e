package dev.llmadapt.prompting.template;

/**
 * Bounds on the cost of a template; exceeding one is a {@link TemplateException} that names it. Templates come with
 * checkpoints, from strangers: a bad one must neither hang, nor overflow the stack, nor exhaust the memory.
 *
 * @param sourceCharacters the maximum length of the source, in characters
 * @param nesting the maximum nesting of expressions and blocks in the source
 * @param depth the maximum nesting while rendering: of evaluations, macro calls included, and of values
 * @param steps the maximum work of one rendering: a step is an evaluated node, an element of a sequence or four
 *     characters of text made; lists, dictionaries and loop rounds cost eight
 * @param characters the maximum length of the output and of every intermediate text, in characters
 * @param rangeSize the maximum number of elements of {@code range}
 */
public record Limits(int sourceCharacters, int nesting, int depth, long steps, int characters, int rangeSize) {
    private static final Limits DEFAULTS = new Limits(1 << 20, 100, 300, 10_000_000, 1 << 23, 100_000);

    /** Refuses a bound below 1. */
    public Limits {
        atLeastOne("sourceCharacters", sourceCharacters);
        atLeastOne("nesting", nesting);
        atLeastOne("depth", depth);
        atLeastOne("steps", steps);
        atLeastOne("characters", characters);
        atLeastOne("rangeSize", rangeSize);
    }

    /**
     * The default bounds: 1 Mi characters of source nested 100 deep; 10 million steps 300 deep, which fits a stack of
     * 512 KiB; 8 Mi characters of text; ranges of 100,000, as in Jinja's sandbox.
     */
    public static Limits defaults() {
        return DEFAULTS;
    }

    /** These limits with another bound on the source's length. */
    public Limits withSourceCharacters(int sourceCharacters) {
        return new Limits(sourceCharacters, nesting, depth, steps, characters, rangeSize);
    }

    /** These limits with another bound on the source's nesting. */
    public Limits withNesting(int nesting) {
        return new Limits(sourceCharacters, nesting, depth, steps, characters, rangeSize);
    }

    /** These limits with another bound on the nesting while rendering. */
    public Limits withDepth(int depth) {
        return new Limits(sourceCharacters, nesting, depth, steps, characters, rangeSize);
    }

    /** These limits with another bound on the work. */
    public Limits withSteps(long steps) {
        return new Limits(sourceCharacters, nesting, depth, steps, characters, rangeSize);
    }

    /** These limits with another bound on texts. */
    public Limits withCharacters(int characters) {
        return new Limits(sourceCharacters, nesting, depth, steps, characters, rangeSize);
    }

    /** These limits with another bound on ranges. */
    public Limits withRangeSize(int rangeSize) {
        return new Limits(sourceCharacters, nesting, depth, steps, characters, rangeSize);
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, " + name + ": " + value);
        }
    }
}
