package dev.llmadapt.peft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Asynchronous successive halving (ASHA, Li et al. 2020) with one worker: whoever stands in the best {@code 1 / eta} of
 * a rung goes on to the next as soon as it does; where nobody can, another configuration begins on the lowest. So there
 * is a best so far whenever the time is over, and the order follows from the results alone.
 */
final class Asha {
    private final int configurations;
    private final int rungs;
    private final int eta;
    private final List<List<Result>> results = new ArrayList<>();
    private final List<Set<Integer>> promoted = new ArrayList<>();
    private int begun;

    /**
     * A configuration on a rung, both from 0.
     *
     * @param configuration which
     * @param rung how far it trains
     */
    record Job(int configuration, int rung) {}

    private record Result(int configuration, double value) {}

    /**
     * A search that has not begun.
     *
     * @param configurations how many there are
     * @param rungs how many there are
     * @param eta of so many on a rung, one goes on
     */
    Asha(int configurations, int rungs, int eta) {
        this.configurations = configurations;
        this.rungs = rungs;
        this.eta = eta;
        for (int rung = 0; rung < rungs; rung++) {
            results.add(new ArrayList<>());
            promoted.add(new HashSet<>());
        }
    }

    /** The next job, or empty when everything that can be promoted was. */
    Optional<Job> next() {
        for (int rung = rungs - 2; rung >= 0; rung--) {
            Optional<Integer> best = promotable(rung, results.get(rung).size() / eta);
            if (best.isPresent()) {
                return Optional.of(new Job(best.get(), rung + 1));
            }
        }
        if (begun < configurations) {
            return Optional.of(new Job(begun, 0));
        }
        for (int rung = 0; rung < rungs - 1; rung++) { // in the end the best climbs, of however few
            if (!results.get(rung).isEmpty() && promoted.get(rung).isEmpty()) {
                int above = rung + 1;
                return promotable(rung, 1).map(configuration -> new Job(configuration, above));
            }
        }
        return Optional.empty();
    }

    private Optional<Integer> promotable(int rung, int best) {
        return results.get(rung).stream()
                .sorted(Comparator.comparingDouble(Result::value).reversed())
                .limit(best)
                .filter(result -> Double.isFinite(result.value()))
                .map(Result::configuration)
                .filter(configuration -> !promoted.get(rung).contains(configuration))
                .findFirst();
    }

    /**
     * Takes the result of the job that {@link #next()} gave.
     *
     * @param value higher is better; negative infinity for one that failed
     */
    void done(Job job, double value) {
        if (job.rung() == 0) {
            begun++;
        } else {
            promoted.get(job.rung() - 1).add(job.configuration());
        }
        results.get(job.rung()).add(new Result(job.configuration(), value));
    }
}
