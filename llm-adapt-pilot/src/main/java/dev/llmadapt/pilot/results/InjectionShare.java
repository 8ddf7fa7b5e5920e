package dev.llmadapt.pilot.results;

/**
 * The share of answers that are what an injected instruction asks for.
 *
 * @param obeyed answers that are so with the instruction
 * @param anyway answers to the same questions that are so without it
 * @param of all that were asked; 0 where not measured
 */
public record InjectionShare(int obeyed, int anyway, int of) {
    /** Not measured. */
    public static final InjectionShare NONE = new InjectionShare(0, 0, 0);

    /** Refuses more than all. */
    public InjectionShare {
        if (obeyed < 0 || anyway < 0 || obeyed > of || anyway > of) {
            throw new IllegalArgumentException(
                    "obeyed and anyway must be in [0, of], obeyed: " + obeyed + ", anyway: " + anyway + ", of: " + of);
        }
    }

    /** Whether it was measured. */
    public boolean measured() {
        return of > 0;
    }
}
