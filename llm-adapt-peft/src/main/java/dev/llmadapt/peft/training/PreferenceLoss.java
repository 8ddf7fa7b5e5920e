package dev.llmadapt.peft.training;

import java.util.Locale;
import java.util.Objects;

/** A loss that learns from answers that people prefer, and from those that they do not. */
public sealed interface PreferenceLoss {
    /** How much a change from the reference counts: the larger, the closer the model stays to it. */
    double beta();

    /** The loss as one line of named fields, by which checkpoints of a training know it. */
    String identity();

    /** Its name in messages. */
    String name();

    /**
     * Direct preference optimisation (Rafailov et al. 2023): of two answers to one prompt the better one is made more
     * likely than the worse one, measured against a reference.
     *
     * @param beta positive
     * @param type how the margin of a pair becomes a loss
     * @param labelSmoothing the share of pairs that are thought to be the wrong way round, above 0 and below 0.5 for
     *     {@link Type#ROBUST}, else 0
     */
    record Dpo(double beta, Type type, double labelSmoothing) implements PreferenceLoss {
        /** How the margin becomes a loss; names are TRL's {@code loss_type}. */
        public enum Type {
            /** {@code -log sigmoid(beta margin)}, of DPO's paper. */
            SIGMOID,
            /** {@code max(0, 1 - beta margin)} (Zhao et al. 2023). */
            HINGE,
            /** {@code (margin - 1 / (2 beta))^2}, margins of means over the answer's tokens (Azar et al. 2023). */
            IPO,
            /** As {@link #SIGMOID}, unbiased where some pairs are the wrong way round (Chowdhury et al. 2024). */
            ROBUST
        }

        /** Validates the components. */
        public Dpo {
            positive("beta", beta);
            Objects.requireNonNull(type, "type");
            if (!(labelSmoothing >= 0 && labelSmoothing < 0.5)) {
                throw new IllegalArgumentException(
                        "labelSmoothing must be from 0 to below 0.5, labelSmoothing: " + labelSmoothing);
            }
            if (labelSmoothing > 0 != (type == Type.ROBUST)) {
                throw new IllegalArgumentException("labelSmoothing belongs to the type ROBUST, which needs it, type: "
                        + type + ", labelSmoothing: " + labelSmoothing);
            }
        }

        /** Returns this loss with another beta. */
        public Dpo withBeta(double beta) {
            return new Dpo(beta, type, labelSmoothing);
        }

        /** Returns this loss with another type than {@link Type#ROBUST}. */
        public Dpo withType(Type type) {
            return new Dpo(beta, type, 0);
        }

        /** Returns the robust loss for a share of pairs that are the wrong way round. */
        public Dpo robust(double share) {
            return new Dpo(beta, Type.ROBUST, share);
        }

        @Override
        public String identity() {
            return "Dpo[beta=" + beta + ", type=" + type + ", labelSmoothing=" + labelSmoothing + "]";
        }

        @Override
        public String name() {
            return type == Type.SIGMOID ? "dpo" : type.name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Kahneman-Tversky optimisation (Ethayarajh et al. 2024): answers alone, each desirable or not. Its reference point
     * is an estimate of how far the model has gone from the reference, made of answers to other prompts.
     *
     * @param beta positive
     * @param desirableWeight of desirable answers, positive
     * @param undesirableWeight of undesirable answers, positive
     */
    record Kto(double beta, double desirableWeight, double undesirableWeight) implements PreferenceLoss {
        /** Validates the components. */
        public Kto {
            positive("beta", beta);
            positive("desirableWeight", desirableWeight);
            positive("undesirableWeight", undesirableWeight);
        }

        /** Returns this loss with another beta. */
        public Kto withBeta(double beta) {
            return new Kto(beta, desirableWeight, undesirableWeight);
        }

        /** Returns this loss with other weights, which should bring both kinds of answers to a like sum. */
        public Kto withWeights(double desirable, double undesirable) {
            return new Kto(beta, desirable, undesirable);
        }

        @Override
        public String identity() {
            return "Kto[beta=" + beta + ", desirableWeight=" + desirableWeight + ", undesirableWeight="
                    + undesirableWeight + "]";
        }

        @Override
        public String name() {
            return "kto";
        }
    }

    /** DPO as TRL begins: sigmoid, a beta of 0.1, no smoothing. */
    static Dpo dpo() {
        return new Dpo(0.1, Dpo.Type.SIGMOID, 0);
    }

    /** KTO as TRL begins: a beta of 0.1, both weights 1. */
    static Kto kto() {
        return new Kto(0.1, 1, 1);
    }

    private static void positive(String name, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + " must be positive, " + name + ": " + value);
        }
    }
}
