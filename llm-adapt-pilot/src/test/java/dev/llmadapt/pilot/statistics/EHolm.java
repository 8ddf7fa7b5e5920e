package dev.llmadapt.pilot.statistics;

import java.util.List;

/**
 * E-Holm, beside which {@link Familywise} is measured: the closed test with means of e-values (Vovk and Wang 2021,
 * Hartog and Lei 2025). It holds only if all scores on an example come to be known together.
 */
final class EHolm {
    private EHolm() {}

    /**
     * Tells which claims are shown: those for which the mean of the claim's wealth and that of each set of others is
     * 1/α. The worst set is that of all which have less than 1/α.
     */
    static boolean[] shown(List<EValue> claims, double alpha) {
        double enough = 1 / EValue.checked(alpha);
        double lacking = 0;
        for (EValue claim : claims) {
            lacking += Math.max(0, enough - Math.exp(claim.log()));
        }
        boolean[] shown = new boolean[claims.size()];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = Math.exp(claims.get(i).log()) >= enough + lacking;
        }
        return shown;
    }
}
