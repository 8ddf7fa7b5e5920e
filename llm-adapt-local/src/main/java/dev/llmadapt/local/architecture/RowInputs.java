package dev.llmadapt.local.architecture;

/**
 * The inputs and outputs of a decoder's graph that reads {@value #ROWS} tokens of one text in a run and gives each what
 * it would get in a step of its own, to the bit: attention is computed token by token, by the operator and the kernel
 * of a step. All else computes a row alike, alone or among others.
 *
 * <ul>
 *   <li>{@value #GIVEN} a truth value: whether the run is such a one. If not, all that follow are arbitrary.
 *   <li>{@link #length} {@code (1)} int32 and {@link #total} scalar int32 for each token: what
 *       {@link DecoderGraph#LENGTHS} and {@link DecoderGraph#TOTAL_LENGTH} are in its step
 *   <li>{@link #present} for each token but the last and each output of the cache: an output, which is the same tensor
 * </ul>
 */
public final class RowInputs {
    /** See the class. */
    public static final String GIVEN = "by_row";

    /** The tokens of a run. */
    public static final int ROWS = 4;

    private RowInputs() {}

    /** The input of a row's tokens after its step, less one. */
    public static String length(int row) {
        return DecoderGraph.LENGTHS + "." + row;
    }

    /** The input of a row's tokens after its step. */
    public static String total(int row) {
        return DecoderGraph.TOTAL_LENGTH + "." + row;
    }

    /** The output of a row for an output of the cache. */
    public static String present(String name, int row) {
        return name + "." + row;
    }
}
