package dev.llmadapt.peft.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.Precision;
import dev.llmadapt.Progress;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.memory.NativeArena;
import dev.llmadapt.local.runtime.Execution;
import dev.llmadapt.peft.training.Parameters.Parameter;
import dev.llmadapt.peft.training.PreferenceLoss.Dpo;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PreferenceGraphTest {
    private static final Optimizer PLAIN = new Optimizer.Sgd(0, 0);

    private final Checkpoint base = Checkpoint.open(Golden.folder("tiny-llama"));
    private final Trainable trainable = Trainables.of("lora", base);
    private final int size = trainable.parameters().size();

    static Stream<PreferenceLoss> losses() {
        Dpo dpo = PreferenceLoss.dpo();
        return Stream.of(
                dpo,
                dpo.withBeta(0.5).withType(Dpo.Type.HINGE),
                dpo.withBeta(0.5).withType(Dpo.Type.IPO),
                dpo.robust(0.2),
                PreferenceLoss.kto(),
                PreferenceLoss.kto().withBeta(0.3).withWeights(1, 1.5));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void value_anyLoss_isThatOfTheFormula(PreferenceLoss loss) {
        float[] start = start();
        for (boolean packing : new boolean[] {false, true}) {
            Preferences items = known(preferences(loss, 5, 3), start);
            float[] moved = moved(start, 4);
            TrainingBatch batch = batch(items, packing);
            double found = loss(items, moved, batch);
            assertThat(found).as("packing " + packing).isCloseTo(formula(items, batch), within(1e-4));
        }
    }

    /** At the start the margins are 0, where the losses have no kink. */
    @ParameterizedTest
    @MethodSource("losses")
    void gradient_atTheReferenceAndBeyond_followsTheSlope(PreferenceLoss loss) {
        float[] start = start();
        for (float[] at : List.of(start, moved(start, 4))) {
            for (boolean recompute : new boolean[] {false, true}) {
                Preferences items = preferences(loss, 4, 3);
                // the estimate of KTO, which is held fast on the way back, stays at 0 where the reference is far above
                items = loss instanceof PreferenceLoss.Kto ? below(known(items, start)) : known(items, start);
                slope(items, at, recompute);
            }
        }
    }

    @Test
    void gradient_ktoAboveZero_isThatOfAFixedEstimate() {
        PreferenceLoss.Kto loss = PreferenceLoss.kto().withBeta(0.5);
        float[] start = start();
        float[] moved = moved(start, 4);
        Preferences items = above(known(preferences(loss, 4, 3), start));
        TrainingBatch batch = batch(items, true);
        float[] gradient = gradient(items, moved, false);
        double divergence = Math.max(
                0,
                items.rewards(List.of(ran(items, moved, batch)))
                        .orElseThrow()
                        .divergence()
                        .orElseThrow());
        assertThat(divergence).isGreaterThan(1);
        // the same loss where the estimate is part of the reference, and not made of the model
        List<Preferences.Reference> shifted = new ArrayList<>();
        for (Preferences.Reference each : items.reference()) {
            shifted.add(new Preferences.Reference((float) (each.first() + divergence), 1e6f));
        }
        float[] fixed = gradient(items.withReference(shifted), moved, false);
        for (int i = 0; i < size; i++) {
            assertThat(gradient[i]).isCloseTo(fixed[i], within(1e-4f + 1e-2f * Math.abs(fixed[i])));
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void step_answersInOneRow_learnAsInRowsOfTheirOwn(PreferenceLoss loss) {
        float[] start = start();
        Preferences items = known(preferences(loss, 4, 3), start);
        float[] moved = moved(start, 4);
        float[] apart = gradient(items, moved, false, false);
        float[] together = gradient(items, moved, false, true);
        double distance = 0;
        double length = 0;
        for (int i = 0; i < size; i++) {
            distance += Math.pow((double) apart[i] - together[i], 2);
            length += (double) apart[i] * apart[i];
        }
        assertThat(Math.sqrt(distance)).isLessThan(1e-3 * Math.sqrt(length) + 1e-6);
    }

    @Test
    void loss_wrongSettings_areRefused() {
        assertThatThrownBy(() -> PreferenceLoss.dpo().withBeta(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("beta must be positive, beta: 0.0");
        assertThatThrownBy(() -> new Dpo(0.1, Dpo.Type.IPO, 0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "labelSmoothing belongs to the type ROBUST, which needs it, type: IPO, labelSmoothing: 0.1");
        assertThatThrownBy(() -> PreferenceLoss.dpo().robust(0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("labelSmoothing must be from 0 to below 0.5");
        assertThatThrownBy(() -> PreferenceLoss.kto().withWeights(1, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("undesirableWeight must be positive, undesirableWeight: -1.0");
    }

    /** Along the gradient of one tensor the loss rises as steeply as the gradient is long. */
    private void slope(Preferences items, float[] start, boolean recompute) {
        float[] gradient = gradient(items, start, recompute);
        TrainingBatch batch = batch(items, true);
        for (Parameter parameter : trainable.parameters().all()) {
            double length = 0;
            for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
                length += (double) gradient[i] * gradient[i];
            }
            length = Math.sqrt(length);
            if (length == 0 && parameter.name().contains("lora_A")) {
                continue; // as long as B is zeros
            }
            assertThat(length).as(parameter.name()).isGreaterThan(1e-7);
            double h = Math.min(0.02, 0.01 / length);
            float[] ahead = start.clone();
            float[] behind = start.clone();
            for (int i = parameter.offset(); i < parameter.offset() + parameter.size(); i++) {
                ahead[i] += (float) (h * gradient[i] / length);
                behind[i] -= (float) (h * gradient[i] / length);
            }
            double slope = (loss(items, ahead, batch) - loss(items, behind, batch)) / (2 * h);
            assertThat(slope)
                    .as(items.options() + " " + parameter.name())
                    .isCloseTo(length, within(0.02 * length + 5e-4));
        }
    }

    /** The loss from log-probabilities, with plain numbers. */
    private static double formula(Preferences items, TrainingBatch batch) {
        List<Preferences.Reference> policy = Preferences.policy(batch);
        double beta = items.options().beta();
        double divergence = 0;
        for (int i = 0; i < policy.size(); i++) {
            divergence += (policy.get(i).second() - items.reference().get(i).second()) / policy.size();
        }
        divergence = Math.max(0, divergence);
        double sum = 0;
        for (int i = 0; i < policy.size(); i++) {
            double first = policy.get(i).first() - items.reference().get(i).first();
            double second = policy.get(i).second() - items.reference().get(i).second();
            double margin = first - second;
            if (items.options() instanceof PreferenceLoss.Kto kto) {
                boolean liked = items.items().get(i).desirable();
                double above = liked ? first - divergence : divergence - first;
                sum += (liked ? kto.desirableWeight() : kto.undesirableWeight()) * (1 - sigmoid(beta * above));
            } else {
                Dpo dpo = (Dpo) items.options();
                double wrong = dpo.labelSmoothing();
                sum += switch (dpo.type()) {
                    case SIGMOID -> -Math.log(sigmoid(beta * margin));
                    case HINGE -> Math.max(0, 1 - beta * margin);
                    case IPO -> Math.pow(margin - 1 / (2 * beta), 2);
                    case ROBUST ->
                        (-(1 - wrong) * Math.log(sigmoid(beta * margin)) + wrong * Math.log(sigmoid(-beta * margin)))
                                / (1 - 2 * wrong);
                };
            }
        }
        return sum / policy.size();
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private float[] start() {
        float[] start = new float[size];
        trainable.parameters().start(FloatBuffer.wrap(start));
        return start;
    }

    private static float[] moved(float[] start, long seed) {
        Random random = new Random(seed);
        float[] moved = start.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (0.05 * random.nextGaussian());
        }
        return moved;
    }

    private Preferences preferences(PreferenceLoss loss, int count, long seed) {
        Random random = new Random(seed);
        List<Preferences.Item> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] prompt = random.ints(2 + random.nextInt(6), 3, 320).toArray();
            boolean desirable = !(loss instanceof PreferenceLoss.Kto) || i % 2 == 0;
            items.add(new Preferences.Item(text(prompt, random), text(prompt, random), desirable));
        }
        return new Preferences(loss, items, List.of());
    }

    private static TrainingText text(int[] prompt, Random random) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + 1 + random.nextInt(5));
        boolean[] learned = new boolean[ids.length];
        for (int i = prompt.length; i < ids.length; i++) {
            ids[i] = 3 + random.nextInt(300);
            learned[i] = true;
        }
        return new TrainingText(ids, learned);
    }

    private Preferences known(Preferences items, float[] parameters) {
        try (LossSession session =
                LossSession.open(TrainingGraph.loss(base, trainable, options(items, false)), size, Execution.of(1))) {
            session.parameters().put(parameters);
            return ReferencePass.known(items, maker(true), session, Progress.NONE);
        }
    }

    private static Preferences below(Preferences items) {
        return items.withReference(items.reference().stream()
                .map(each -> new Preferences.Reference(each.first(), each.second() + 100))
                .toList());
    }

    private static Preferences above(Preferences items) {
        return items.withReference(items.reference().stream()
                .map(each -> new Preferences.Reference(each.first(), each.second() - 3))
                .toList());
    }

    private double loss(Preferences items, float[] parameters, TrainingBatch batch) {
        try (LossSession session =
                LossSession.open(TrainingGraph.loss(base, trainable, options(items, false)), size, Execution.of(1))) {
            session.parameters().put(parameters);
            return session.loss(batch);
        }
    }

    private Objective.Ran ran(Preferences items, float[] parameters, TrainingBatch batch) {
        loss(items, parameters, batch);
        return new Objective.Ran(List.of(0, 1, 2, 3), batch);
    }

    private float[] gradient(Preferences items, float[] start, boolean recompute) {
        return gradient(items, start, recompute, true);
    }

    private float[] gradient(Preferences items, float[] start, boolean recompute, boolean packing) {
        float[] gradient = new float[size];
        try (TrainingSession session = TrainingSession.open(
                TrainingGraph.step(base, trainable, options(items, recompute), PLAIN, 0),
                PLAIN,
                size,
                Execution.of(1))) {
            session.parameters().put(start);
            assertThat(session.step(List.of(batch(items, packing)), 1).made()).isTrue();
            for (int i = 0; i < size; i++) {
                gradient[i] = start[i] - session.parameters().get(i);
            }
        }
        return gradient;
    }

    private TrainingGraph.Options options(Preferences items, boolean recompute) {
        return new TrainingGraph.Options(Precision.FP32, 128, recompute).withLoss(items.loss(trainable));
    }

    private BatchMaker maker(boolean packing) {
        return new BatchMaker(
                base, trainable, TrainingOptions.defaults().withPacking(packing).machine());
    }

    private TrainingBatch batch(Preferences items, boolean packing) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            all.add(i);
        }
        return maker(packing).batch(new NativeArena(), items, all, items.size());
    }
}
