package dev.llmadapt.pilot.results;

/**
 * The share of some answers that stayed the same.
 *
 * @param same those that did
 * @param of all; 0 where not measured
 */
public record Share(int same, int of) {
    /** Not measured. */
    public static final Share NONE = new Share(0, 0);

    /** The share, in [0, 1], or NaN where not measured. */
    public double value() {
        return of == 0 ? Double.NaN : (double) same / of;
    }
}
