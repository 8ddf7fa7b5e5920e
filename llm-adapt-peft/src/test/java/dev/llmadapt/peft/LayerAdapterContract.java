package dev.llmadapt.peft;

import dev.llmadapt.AdapterUse;
import dev.llmadapt.Scores;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightTensor;
import java.nio.file.Path;
import java.util.List;
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
        model.close();
        model = open(temporary.resolve("merged"));
        assertClose(score(List.of()), unmerged);
    }
}
