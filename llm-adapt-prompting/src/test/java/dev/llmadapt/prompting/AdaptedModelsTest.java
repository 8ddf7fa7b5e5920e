package dev.llmadapt.prompting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Model;
import dev.llmadapt.ModelContract;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The laws of {@code ModelContract} for every layer, and for layers of layers. */
final class AdaptedModelsTest {
    private static Model adapted(Strategy strategy) {
        return strategy.adapt(new ToyModel(), ToyTask.task(), Progress.NONE);
    }

    @Nested
    final class ByZeroShot extends ModelContract {
        @Override
        protected Model open() {
            return adapted(ZeroShot.defaults());
        }
    }

    @Nested
    final class ByFewShot extends ModelContract {
        @Override
        protected Model open() {
            return adapted(FewShot.nearest(4));
        }
    }

    @Nested
    final class ByChainOfThought extends ModelContract {
        @Override
        protected Model open() {
            return adapted(ChainOfThought.defaults());
        }
    }

    @Nested
    final class ByLabelChoice extends ModelContract {
        @Override
        protected Model open() {
            return adapted(LabelChoice.scored(LabelChoice.Normalization.TOKENS, LabelChoice.Calibration.CONTENT_FREE));
        }
    }

    @Nested
    final class ByAllOfThem extends ModelContract {
        @Override
        protected Model open() {
            return adapted(new RolePrompt("You are a botanist.")
                    .then(ZeroShot.defaults())
                    .then(FewShot.fixed(3, 0))
                    .then(ChainOfThought.defaults())
                    .then(LabelChoice.scored(LabelChoice.Normalization.SUM, LabelChoice.Calibration.NONE)));
        }
    }

    @Test
    void layers_anyOrder_answerWithALabel() {
        List<Strategy> strategies = List.of(
                ZeroShot.defaults(),
                new RolePrompt("You are a botanist."),
                FewShot.nearest(2),
                ChainOfThought.defaults().withThoughtTokens(8),
                LabelChoice.scored(LabelChoice.Normalization.BYTES, LabelChoice.Calibration.BATCH));
        for (List<Strategy> order : permutations(strategies)) {
            Strategy layers = order.stream().reduce(Strategy::then).orElseThrow();
            try (Model model = adapted(layers)) {
                assertThat(model.generate(ToyTask.task().request("his dog")).text())
                        .as(layers.name())
                        .isIn(ToyTask.task().labels());
            }
        }
    }

    private static List<List<Strategy>> permutations(List<Strategy> strategies) {
        if (strategies.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Strategy>> all = new ArrayList<>();
        for (Strategy first : strategies) {
            List<Strategy> others = new ArrayList<>(strategies);
            others.remove(first);
            for (List<Strategy> rest : permutations(others)) {
                List<Strategy> order = new ArrayList<>(List.of(first));
                order.addAll(rest);
                all.add(order);
            }
        }
        return all;
    }
}
