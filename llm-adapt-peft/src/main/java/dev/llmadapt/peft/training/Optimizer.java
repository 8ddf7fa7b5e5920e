package dev.llmadapt.peft.training;

/** How a step of training changes the numbers that learn. */
public sealed interface Optimizer {
    /**
     * Adam with decoupled weight decay (Loshchilov and Hutter 2019).
     *
     * @param beta1 share of the old mean that stays, 0 to below 1
     * @param beta2 share of the old mean of squares that stays, 0 to below 1
     * @param epsilon added to the root of the mean of squares, positive
     * @param weightDecay share of a number, times the learning rate, that a step takes away; 0 or more
     */
    record AdamW(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer {
        /** Checks the components. */
        public AdamW {
            share("beta1", beta1);
            share("beta2", beta2);
            if (!(epsilon > 0)) {
                throw new IllegalArgumentException("epsilon must be positive, epsilon: " + epsilon);
            }
            notNegative("weightDecay", weightDecay);
        }
    }

    /**
     * Stochastic gradient descent with momentum, as PyTorch has it: {@code v = momentum v + g, p -= rate v}.
     *
     * @param momentum 0 to below 1
     * @param weightDecay share of a number that is added to its gradient; 0 or more
     */
    record Sgd(double momentum, double weightDecay) implements Optimizer {
        /** Checks the components. */
        public Sgd {
            share("momentum", momentum);
            notNegative("weightDecay", weightDecay);
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
