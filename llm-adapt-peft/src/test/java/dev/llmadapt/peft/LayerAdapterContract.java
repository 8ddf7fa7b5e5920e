package dev.llmadapt.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.HiddenStates.Pooling;
import dev.llmadapt.Request;
import dev.llmadapt.Scores;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What adapters keep that change layers: there is one that does nothing, their weights add up, and they can be merged.
 */
abstract class LayerAdapterContract extends AdapterContract {
    LayerAdapterContract(String base, String folder) {
        super(base, folder);
    }

    /** A tensor of the adapter as it is when the adapter does nothing; itself if that does not depend on it. */
    abstract WeightTensor neutral(WeightTensor tensor, Checkpoint base);

    @Test
    void load_adapterThatDoesNothing_isTheBase() {
        Scores before = score(List.of());
        try (Checkpoint base = Checkpoint.open(baseFolder())) {
            model.loadAdapter(changed("nothing", tensor -> neutral(tensor, base)));
        }
        assertClose(score(List.of(AdapterUse.of("nothing"))), before);
    }

    @Test
    void request_weightZero_isTheBase() {
        Scores before = score(List.of());
        model.loadAdapter(adapter());
        assertClose(score(List.of(new AdapterUse(folder, 0))), before);
    }

    @Test
    void request_twoPartsOfIt_areTheWhole() {
        model.loadAdapter(adapter());
        model.loadAdapter(adapter().named("again"));
        assertClose(
                score(List.of(new AdapterUse(folder, 1.5), new AdapterUse("again", -0.5))),
                score(List.of(AdapterUse.of(folder))));
    }

    @Test
    void merge_intoTheBase_saysWhatTheAdapterSays(@TempDir Path temporary) {
        merge(temporary.resolve("merged"));
        model.loadAdapter(adapter());
        Scores unmerged = score(List.of(AdapterUse.of(folder)));
        Request text = Request.of("where is my card?");
        Map<Pooling, float[][]> states = new EnumMap<>(Pooling.class);
        for (Pooling pooling : Pooling.values()) {
            states.put(
                    pooling,
                    model.hiddenStates(List.of(text.withAdapter(folder)), pooling)
                            .get(0));
        }
        model.close();
        model = open(temporary.resolve("merged"));
        assertClose(score(List.of()), unmerged);
        for (Pooling pooling : Pooling.values()) {
            float[][] merged = model.hiddenStates(List.of(text), pooling).get(0);
            float[][] expected = Objects.requireNonNull(states.get(pooling));
            for (int state = 0; state < merged.length; state++) {
                assertThat(merged[state])
                        .as("%s of state %d", pooling, state)
                        .containsExactly(expected[state], within(1e-3f));
            }
        }
    }
}
