package dev.llmadapt.peft.combine;

import dev.llmadapt.peft.PeftAdapter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How {@link PeftAdapter#combine} makes one adapter of several: the combination types of PEFT's
 * {@code add_weighted_adapter}, under its names. {@code W_i = scaling_i B_i A_i} is the update of part {@code i} and
 * {@code w_i} its weight, which may be negative.
 *
 * <p>{@link #cat} and {@link #svd()} give the weighted sum of the updates, the first exactly at the sum of the ranks,
 * the second as near as a given rank allows. The others mix factors instead of updates and are rough: the product of
 * sums is not the sum of products.
 */
public sealed interface Combination {
    /** {@code cat}: {@code sum w_i W_i}, exactly, by laying the factors side by side; ranks add up. */
    record Cat() implements Combination {}

    /**
     * Mixes all A and all B for themselves, each scaled by {@code sqrt(|w_i scaling_i|)}, A with the sign:
     * {@code linear}, {@code ties}, {@code dare_linear}, {@code dare_ties}, {@code magnitude_prune}. All parts need the
     * same ranks.
     *
     * @param mixing what is done with each number
     */
    record OfFactors(Mixing mixing) implements Combination {
        /** Checks the component. */
        public OfFactors {
            Objects.requireNonNull(mixing, "mixing");
        }
    }

    /**
     * Mixes the updates and keeps the largest singular values of the result: {@code svd}, {@code ties_svd},
     * {@code dare_linear_svd}, {@code dare_ties_svd}, {@code magnitude_prune_svd}. For other than a plain sum each
     * update is made whole, {@code (out, in)} numbers, and the time grows with the cube of its shorter side.
     *
     * @param mixing what is done with each number
     * @param rank of the result, from 1; the largest of the parts' for none
     */
    record OfUpdates(Mixing mixing, OptionalInt rank) implements Combination {
        /** Checks the components. */
        public OfUpdates {
            Objects.requireNonNull(mixing, "mixing");
            if (rank.isPresent() && rank.getAsInt() < 1) {
                throw new IllegalArgumentException("rank must be positive, rank: " + rank.getAsInt());
            }
        }
    }

    /** The way to mix parameters of several parts that stand at the same position. */
    sealed interface Mixing {
        /** {@code sum w_i x_i} (task arithmetic, Ilharco et al. 2023). */
        record Sum() implements Mixing {}

        /**
         * Sums what is left when each part keeps only its numbers of largest magnitude.
         *
         * @param density the share that stays, above 0 to 1
         */
        record MagnitudePrune(double density) implements Mixing {
            /** Checks the component. */
            public MagnitudePrune {
                Combination.checkDensity(density);
            }
        }

        /**
         * Each part keeps its numbers of largest magnitude; of these, those of the majority's sign are averaged (TIES,
         * Yadav et al. 2023).
         *
         * @param density the share that stays, above 0 to 1
         * @param majority how the sign is elected
         */
        record Ties(double density, MajoritySign majority) implements Mixing {
            /** Checks the components. */
            public Ties {
                Combination.checkDensity(density);
                Objects.requireNonNull(majority, "majority");
            }
        }

        /**
         * Sums what is left when each part keeps randomly chosen numbers, scaled up by {@code 1 / density} (DARE, Yu et
         * al. 2023).
         *
         * @param density the share that stays, above 0 to 1
         * @param seed of the choice; the same seed gives the same adapter
         */
        record DareLinear(double density, long seed) implements Mixing {
            /** Checks the component. */
            public DareLinear {
                Combination.checkDensity(density);
            }
        }

        /**
         * DARE's choice, then the election and the average of TIES.
         *
         * @param density the share that stays, above 0 to 1
         * @param majority how the sign is elected
         * @param seed of the choice; the same seed gives the same adapter
         */
        record DareTies(double density, MajoritySign majority, long seed) implements Mixing {
            /** Checks the components. */
            public DareTies {
                Combination.checkDensity(density);
                Objects.requireNonNull(majority, "majority");
            }
        }
    }

    /** How TIES elects the sign of a place; weights have no say in it, as in PEFT. */
    enum MajoritySign {
        /** That of the sum of the parts' numbers. */
        TOTAL,
        /** That which more parts have. */
        FREQUENCY
    }

    /** The names that {@link #named} knows. */
    List<String> NAMES = List.of(
            "cat",
            "linear",
            "svd",
            "ties",
            "ties_svd",
            "dare_linear",
            "dare_linear_svd",
            "dare_ties",
            "dare_ties_svd",
            "magnitude_prune",
            "magnitude_prune_svd");

    /** {@link Cat}. */
    static Combination cat() {
        return new Cat();
    }

    /** {@code linear}. */
    static Combination linear() {
        return new OfFactors(new Mixing.Sum());
    }

    /** {@code svd} to the largest rank of the parts. */
    static Combination svd() {
        return new OfUpdates(new Mixing.Sum(), OptionalInt.empty());
    }

    /** {@code svd} to a rank, from 1. */
    static Combination svd(int rank) {
        return new OfUpdates(new Mixing.Sum(), OptionalInt.of(rank));
    }

    /** {@code ties} with signs elected by total; {@code density} is the share that stays, above 0 to 1. */
    static Combination ties(double density) {
        return new OfFactors(new Mixing.Ties(density, MajoritySign.TOTAL));
    }

    /** {@code dare_linear}; {@code density} is the share that stays, above 0 to 1. */
    static Combination dareLinear(double density, long seed) {
        return new OfFactors(new Mixing.DareLinear(density, seed));
    }

    /** {@code dare_ties} with signs elected by total; {@code density} is the share that stays, above 0 to 1. */
    static Combination dareTies(double density, long seed) {
        return new OfFactors(new Mixing.DareTies(density, MajoritySign.TOTAL, seed));
    }

    /** {@code magnitude_prune}; {@code density} is the share that stays, above 0 to 1. */
    static Combination magnitudePrune(double density) {
        return new OfFactors(new Mixing.MagnitudePrune(density));
    }

    /**
     * The combination that PEFT calls so.
     *
     * @param name one of {@link #NAMES}
     * @param settings what goes with it; a setting that the combination has no use for must be left out
     * @throws IllegalArgumentException if there is none of that name, or a setting is missing, out of range, or of no
     *     use
     */
    static Combination named(String name, Settings settings) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("unknown combination '" + name + "', expected one of " + NAMES);
        }
        boolean svd = name.endsWith("svd");
        String kind = name.equals("svd") ? "linear" : svd ? name.substring(0, name.length() - "_svd".length()) : name;
        settings.check(name, svd, kind);
        double density = settings.density().orElse(1);
        long seed = settings.seed().orElse(0);
        MajoritySign majority = settings.majority().orElse(MajoritySign.TOTAL);
        Mixing mixing = switch (kind) {
            case "ties" -> new Mixing.Ties(density, majority);
            case "dare_linear" -> new Mixing.DareLinear(density, seed);
            case "dare_ties" -> new Mixing.DareTies(density, majority, seed);
            case "magnitude_prune" -> new Mixing.MagnitudePrune(density);
            default -> new Mixing.Sum();
        };
        return kind.equals("cat") ? cat() : svd ? new OfUpdates(mixing, settings.rank()) : new OfFactors(mixing);
    }

    /**
     * The options beside a combination's name.
     *
     * @param rank of those that end in {@code svd}
     * @param density of all but {@code cat}, {@code linear} and {@code svd}, which need it
     * @param majority of {@code ties} and {@code dare_ties}
     * @param seed of those that begin with {@code dare}; 0 for none
     */
    record Settings(OptionalInt rank, OptionalDouble density, Optional<MajoritySign> majority, OptionalLong seed) {
        private void check(String name, boolean svd, String kind) {
            boolean sparse = !kind.equals("cat") && !kind.equals("linear");
            allow(name, "rank", rank.isPresent(), svd);
            allow(name, "density", density.isPresent(), sparse);
            allow(name, "majority sign", majority.isPresent(), kind.endsWith("ties"));
            allow(name, "seed", seed.isPresent(), kind.startsWith("dare"));
            if (sparse && density.isEmpty()) {
                throw new IllegalArgumentException(
                        name + " needs a density, the share of numbers that stays, above 0 to 1");
            }
        }

        private static void allow(String name, String setting, boolean given, boolean useful) {
            if (given && !useful) {
                throw new IllegalArgumentException(name + " has no " + setting + "; leave it out");
            }
        }
    }

    private static void checkDensity(double density) {
        if (!(density > 0 && density <= 1)) {
            throw new IllegalArgumentException("density must be above 0, at most 1, density: " + density);
        }
    }
}
