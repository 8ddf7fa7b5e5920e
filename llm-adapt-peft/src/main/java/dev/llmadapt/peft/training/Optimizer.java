package dev.llmadapt.peft.training;

/** The rule by which a step of training changes the parameters. */
public sealed interface Optimizer {
    /**
     * The optimiser as one line of named fields, by which checkpoints of a training know it. A field keeps its name and
     * its place; one that is added later is written at the end, and only where it does not have its default.
     */
    String identity();

    /**
     * Adam with decoupled weight decay (Loshchilov and Hutter 2019).
     *
     * @param beta1 share of the old mean that stays, 0 to below 1
     * @param beta2 share of the old mean of squares that stays, 0 to below 1
     * @param epsilon added to the root of the mean of squares, positive
     * @param weightDecay share of a parameter, times the learning rate, that a step takes away; 0 or more
     */
    record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
        /** Validates the components. */
        public AdamW {
            share("beta1", beta1);
            share("beta2", beta2);
            if (!(epsilon > 0)) {
                throw new IllegalArgumentException("epsilon must be positive, epsilon: " + epsilon);
            }
            notNegative("weightDecay", weightDecay);
        }

        @Override
        public String identity() {
            return "AdamW[beta1=" + beta1 + ", beta2=" + beta2 + ", epsilon=" + epsilon + ", weightDecay=" + weightDecay
                    + "]";
        }
    }

    /**
     * Stochastic gradient descent with momentum, as PyTorch has it: {@code v = momentum v + g, p -= rate v}.
     *
     * @param momentum 0 to below 1
     * @param weightDecay share of a parameter that is added to its gradient; 0 or more
     */
    record Sgd(double momentum, double weightDecay) implements Optimizer {
        /** Validates the components. */
        public Sgd {
            share("momentum", momentum);
            notNegative("weightDecay", weightDecay);
        }

        @Override
        public String identity() {
            return "Sgd[momentum=" + momentum + ", weightDecay=" + weightDecay + "]";
        }
    }

    /** PyTorch's AdamW: 0.9, 0.999, 1e-8, and a decay of 0.01. */
    static AdamW adamW() {
        return new AdamW(0.9, 0.999, 1e-8, 0.01);
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be from 0 to below 1, " + name + ": " + value);
        }
    }

    private static void notNegative(String name, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + " must be 0 or more, " + name + ": " + value);
        }
    }
}
