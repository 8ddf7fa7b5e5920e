package dev.llmadapt.peft.training;

import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.architecture.Tuned;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.graph.Graph;
import dev.llmadapt.local.graph.Shape;
import dev.llmadapt.local.graph.Value;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.ChosenModules;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Learned scales of activations (Liu et al. 2022), which begin with 1. */
public final class Ia3Trainable implements Trainable {
    private final Map<String, ChosenModules.Ia3> modules = new LinkedHashMap<>();
    private final Parameters parameters = new Parameters();

    /**
     * Chooses the modules.
     *
     * @param start an adapter to train on, or null
     */
    public Ia3Trainable(AdapterConfig.Ia3 config, Checkpoint base, @Nullable StoredAdapter start) {
        Initial initial = new Initial(start, 0);
        for (ChosenModules.Ia3 module : ChosenModules.of(config, BaseModules.of(base))) {
            modules.put(module.path(), module);
            String name = module.path() + ChosenModules.SCALE;
            Shape shape = module.feedforward()
                    ? Shape.of(1, module.size().in())
                    : Shape.of(module.size().out(), 1);
            parameters.add(name, shape, initial.of(name, Initial.constant(1)));
        }
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Tuned attach(Graph graph, Map<String, Value> values) {
        return new Tuned() {
            private boolean changesInput(String module) {
                ChosenModules.Ia3 chosen = modules.get(module);
                return chosen != null && chosen.feedforward();
            }

            @Override
            public Value input(String module, Value x) {
                return changesInput(module) ? x.times(scale(values, module)) : x;
            }

            @Override
            public Value output(String module, Value y) {
                boolean here = modules.containsKey(module) && !changesInput(module);
                return here ? y.times(scale(values, module)) : y;
            }
        };
    }

    private static Value scale(Map<String, Value> values, String module) {
        Value stored = Objects.requireNonNull(values.get(module + ChosenModules.SCALE), module);
        long width = stored.shape().elements();
        return stored.reshape(Shape.of(1, width), 1, width);
    }
}
