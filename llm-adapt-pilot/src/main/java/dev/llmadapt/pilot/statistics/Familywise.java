package dev.llmadapt.pilot.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several claims at once, with one bound for the probability that any false one is said to be shown.
 *
 * <p>Holm's procedure (1979) on p = 1 / peak, which is a p-value at every moment (Tavyrikov, Goeman and de Heide 2025,
 * "Carefree multiple testing with e-processes", on why it has to be the peak). It asks nothing of how claims depend on
 * each other, nor of the order in which scores come to be known: a candidate may be measured on examples that others
 * were measured on before, and be stopped or taken up again for what the others scored there.
 */
public final class Familywise {
    private Familywise() {}

    /**
     * Tells which claims are shown; what was shown stays shown when more is seen.
     *
     * @param claims all claims that might be made, whether or not there is any evidence for them yet
     * @param alpha the probability allowed that any of those shown is false, in (0, 1)
     * @return a value for each claim, in the same order
     */
    public static boolean[] shown(List<EValue> claims, double alpha) {
        EValue.checked(alpha);
        boolean[] shown = new boolean[claims.size()];
        int left = claims.size();
        for (int i : strongestFirst(claims)) {
            if (claims.get(i).logPeak() < Math.log(left / alpha)) {
                break;
            }
            shown[i] = true;
            left--;
        }
        return shown;
    }

    private static int[] strongestFirst(List<EValue> claims) {
        return IntStream.range(0, claims.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -claims.get(i).logPeak()))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
