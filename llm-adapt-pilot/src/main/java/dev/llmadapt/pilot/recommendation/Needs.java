package dev.llmadapt.pilot.recommendation;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The needs that an adapted model is to meet. A limit of zero is no limit, but for the training budget.
 *
 * @param dataMayLeave whether questions may be sent to a hosted model
 * @param knowledge how often what must be known changes
 * @param consistent whether the same question in other words must get the same answer: candidates that were shown to
 *     answer fewer than 80 % of paraphrases alike do not meet the needs
 * @param minimumQuality the least quality of use, in [0, 1]
 * @param tolerance how much less quality than the best candidate's is as good, in [0, 0.5]
 * @param latency what 95 % of answers may take
 * @param memoryBytes what the serving process may hold
 * @param requestsPerMonth how many questions will come, at least 1
 * @param trainingBudget what one adaptation may take; zero means that nothing may be trained
 * @param prices what running costs
 * @param stakes what errors, labels and people cost
 */
public record Needs(
        boolean dataMayLeave,
        KnowledgeChange knowledge,
        boolean consistent,
        double minimumQuality,
        double tolerance,
        Duration latency,
        long memoryBytes,
        long requestsPerMonth,
        Duration trainingBudget,
        Prices prices,
        Stakes stakes) {
    private static final Needs DEFAULTS = new Needs(
            false,
            KnowledgeChange.NEVER,
            false,
            0,
            0.02,
            Duration.ZERO,
            0,
            10_000,
            Duration.ofHours(24),
            Prices.defaults(),
            Stakes.none());

    /** The frequency at which knowledge changes, and so at which a model that learned it must learn again. */
    public enum KnowledgeChange {
        /** Never. */
        NEVER(0),
        /** Once a month. */
        MONTHLY(1),
        /** Once a week. */
        WEEKLY(52 / 12.0),
        /** Every day. */
        DAILY(365 / 12.0);

        private final double perMonth;

        KnowledgeChange(double perMonth) {
            this.perMonth = perMonth;
        }

        /** The changes a month. */
        public double perMonth() {
            return perMonth;
        }
    }

    /** Refuses negative limits, and shares that are none. */
    public Needs {
        require(minimumQuality >= 0 && minimumQuality <= 1, "minimumQuality must be in [0, 1], got " + minimumQuality);
        require(tolerance >= 0 && tolerance <= 0.5, "tolerance must be in [0, 0.5], got " + tolerance);
        require(!latency.isNegative(), "latency must not be negative, got " + latency);
        require(memoryBytes >= 0, "memoryBytes must be 0 (no limit) or more, got " + memoryBytes);
        require(requestsPerMonth >= 1, "requestsPerMonth must be at least 1, got " + requestsPerMonth);
        require(!trainingBudget.isNegative(), "trainingBudget must not be negative, got " + trainingBudget);
    }

    /** Needs where errors, labels and people cost nothing. */
    public Needs(
            boolean dataMayLeave,
            KnowledgeChange knowledge,
            boolean consistent,
            double minimumQuality,
            double tolerance,
            Duration latency,
            long memoryBytes,
            long requestsPerMonth,
            Duration trainingBudget,
            Prices prices) {
        this(
                dataMayLeave,
                knowledge,
                consistent,
                minimumQuality,
                tolerance,
                latency,
                memoryBytes,
                requestsPerMonth,
                trainingBudget,
                prices,
                Stakes.none());
    }

    /**
     * Needs with data that stay here, knowledge that does not change, no limits, two points of quality as good as none,
     * 10,000 requests a month, a day to train.
     */
    public static Needs defaults() {
        return DEFAULTS;
    }

    /** Returns these needs with or without leave to send data away. */
    public Needs withDataMayLeave(boolean dataMayLeave) {
        return with(copy -> copy.dataMayLeave = dataMayLeave);
    }

    /** Returns these needs with knowledge that changes at another frequency. */
    public Needs withKnowledge(KnowledgeChange knowledge) {
        return with(copy -> copy.knowledge = knowledge);
    }

    /** Returns these needs with or without the need that paraphrases get the same answer. */
    public Needs withConsistent(boolean consistent) {
        return with(copy -> copy.consistent = consistent);
    }

    /** Returns these needs with another minimum of quality. */
    public Needs withMinimumQuality(double minimumQuality) {
        return with(copy -> copy.minimumQuality = minimumQuality);
    }

    /** Returns these needs with another tolerance. */
    public Needs withTolerance(double tolerance) {
        return with(copy -> copy.tolerance = tolerance);
    }

    /** Returns these needs with another limit of latency. */
    public Needs withLatency(Duration latency) {
        return with(copy -> copy.latency = latency);
    }

    /** Returns these needs with another limit of memory. */
    public Needs withMemoryBytes(long memoryBytes) {
        return with(copy -> copy.memoryBytes = memoryBytes);
    }

    /** Returns these needs with another number of requests. */
    public Needs withRequestsPerMonth(long requestsPerMonth) {
        return with(copy -> copy.requestsPerMonth = requestsPerMonth);
    }

    /** Returns these needs with another limit of training. */
    public Needs withTrainingBudget(Duration trainingBudget) {
        return with(copy -> copy.trainingBudget = trainingBudget);
    }

    /** Returns these needs at other prices. */
    public Needs withPrices(Prices prices) {
        return with(copy -> copy.prices = prices);
    }

    /** Returns these needs at other stakes. */
    public Needs withStakes(Stakes stakes) {
        return with(copy -> copy.stakes = stakes);
    }

    /**
     * Refuses needs that nothing can be chosen by: where errors cost nothing and no least quality is named, the
     * cheapest candidate would do whatever it answers.
     *
     * @throws IllegalArgumentException if they are such
     */
    public void requireDecidable() {
        require(
                !stakes.freeErrors() || minimumQuality > 0,
                "the price of an error is 0, so the cheapest candidate would do whatever it answers; name the least"
                        + " quality of use, or leave the price out where it is not known");
    }

    private Needs with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.get();
    }

    /** The components by name, to be changed. */
    private static final class Copy {
        private boolean dataMayLeave;
        private KnowledgeChange knowledge;
        private boolean consistent;
        private double minimumQuality;
        private double tolerance;
        private Duration latency;
        private long memoryBytes;
        private long requestsPerMonth;
        private Duration trainingBudget;
        private Prices prices;
        private Stakes stakes;

        Copy(Needs of) {
            dataMayLeave = of.dataMayLeave;
            knowledge = of.knowledge;
            consistent = of.consistent;
            minimumQuality = of.minimumQuality;
            tolerance = of.tolerance;
            latency = of.latency;
            memoryBytes = of.memoryBytes;
            requestsPerMonth = of.requestsPerMonth;
            trainingBudget = of.trainingBudget;
            prices = of.prices;
            stakes = of.stakes;
        }

        Needs get() {
            return new Needs(
                    dataMayLeave,
                    knowledge,
                    consistent,
                    minimumQuality,
                    tolerance,
                    latency,
                    memoryBytes,
                    requestsPerMonth,
                    trainingBudget,
                    prices,
                    stakes);
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
