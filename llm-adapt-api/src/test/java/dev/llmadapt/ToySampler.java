package dev.llmadapt;

import static java.util.Comparator.comparingDouble;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.random.RandomGenerator;

/** Chooses the next token as {@link GenerationOptions} asks, with its filters in their order. */
final class ToySampler {
    private final GenerationOptions options;
    private final RandomGenerator random;

    ToySampler(GenerationOptions options, RandomGenerator random) {
        this.options = options;
        this.random = random;
    }

    /**
     * One token.
     *
     * @param logits of the tokens to choose from, by ascending id, at least one
     * @param seen the tokens of prompt and answer
     */
    int pick(SortedMap<Integer, Double> logits, Set<Integer> seen) {
        List<Candidate> candidates = new ArrayList<>();
        for (Map.Entry<Integer, Double> entry : logits.entrySet()) {
            double logit = entry.getValue();
            if (seen.contains(entry.getKey())) {
                logit = logit > 0 ? logit / options.repetitionPenalty() : logit * options.repetitionPenalty();
            }
            candidates.add(new Candidate(entry.getKey(), logit));
        }
        // The sort is stable: among equals the lowest id stays first.
        candidates.sort(comparingDouble(Candidate::weight).reversed());
        if (options.temperature() == 0) {
            return candidates.get(0).id();
        }
        double highest = candidates.get(0).weight();
        candidates.replaceAll(c -> new Candidate(c.id(), Math.exp((c.weight() - highest) / options.temperature())));
        return draw(filtered(candidates));
    }

    /** The candidates that top-k, top-p and min-p leave. */
    private List<Candidate> filtered(List<Candidate> candidates) {
        List<Candidate> kept = candidates;
        if (options.topK() > 0) {
            kept = kept.subList(0, Math.min(options.topK(), kept.size()));
        }
        double enough = options.topP() * sum(kept);
        double reached = 0;
        int count = 0;
        while (count < kept.size() && (count == 0 || reached < enough)) {
            reached += kept.get(count++).weight();
        }
        double least = options.minP() * kept.get(0).weight();
        return kept.subList(0, count).stream().filter(c -> c.weight() >= least).toList();
    }

    private int draw(List<Candidate> candidates) {
        double left = random.nextDouble() * sum(candidates);
        for (Candidate candidate : candidates) {
            left -= candidate.weight();
            if (left < 0) {
                return candidate.id();
            }
        }
        return candidates.get(candidates.size() - 1).id();
    }

    private static double sum(List<Candidate> candidates) {
        return candidates.stream().mapToDouble(Candidate::weight).sum();
    }

    /**
     * A token that may be chosen.
     *
     * @param weight its logit, later its probability up to a factor
     */
    private record Candidate(int id, double weight) {}
}
