package dev.llmadapt.pilot.report;

import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.strategy.StrategyFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A candidate that might be chosen in place of another: the runner-up, or the best of a family.
 *
 * @param title what it is
 * @param row the candidate
 * @param distance what lies between it and the choice
 */
record Contender(String title, Measured row, String distance) {
    /** The runner-up, then the best of each family; none where nothing can be compared. */
    static List<Contender> of(Standings standings) {
        Optional<Measured> reference = standings.reference();
        if (reference.isEmpty() || standings.ranked().size() < 2) {
            return List.of();
        }
        List<Contender> contenders = new ArrayList<>();
        Map<StrategyFamily, Measured> families = standings.bestOfFamilies();
        standings.runnerUp().ifPresent(row -> {
            StrategyFamily family = row.details().family();
            boolean best = row.equals(families.get(family)) && family != StrategyFamily.OTHER;
            contenders.add(of("runner-up" + (best ? ", " + family.title() : ""), row, reference.get(), standings));
        });
        for (Map.Entry<StrategyFamily, Measured> best : families.entrySet()) {
            if (standings.runnerUp().filter(best.getValue()::equals).isEmpty()) {
                contenders.add(of(best.getKey().title(), best.getValue(), reference.get(), standings));
            }
        }
        return contenders;
    }

    private static Contender of(String title, Measured row, Measured reference, Standings standings) {
        return new Contender(
                title,
                row,
                row.equals(reference)
                        ? standings.choice().isPresent() ? "chosen" : "the best measured"
                        : Distance.text(row, reference, standings));
    }
}
