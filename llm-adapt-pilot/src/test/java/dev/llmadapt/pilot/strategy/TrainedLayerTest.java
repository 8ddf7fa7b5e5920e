package dev.llmadapt.pilot.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedLayerTest {
    @TempDir
    Path folder;

    private final Model model = new ToyModel();
    private final List<String> did = new ArrayList<>();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void adapt_withoutAFolder_keepsNothing() {
        TrainedLayer.of(new Writing(false))
                .adapt(model, ToyTask.task(), Progress.NONE)
                .close();
        assertThat(did).containsExactly("adapt");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void adapt_withAFolder_learnsOnceAndOpensWhatItWrote() {
        Path kept = folder.resolve("kept");
        TrainedLayer layer = TrainedLayer.of(new Writing(false)).kept(kept);
        layer.adapt(model, ToyTask.task(), Progress.NONE).close();
        layer.adapt(model, ToyTask.task(), Progress.NONE).close();
        assertThat(did).containsExactly("learn", "open", "open");
        assertThat(folder).isDirectoryContaining("glob:**/kept").isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void adapt_stoppedWhileItWrites_theHalfDoesNotCount() {
        Path kept = folder.resolve("kept");
        assertThatThrownBy(
                        () -> TrainedLayer.of(new Writing(true)).kept(kept).adapt(model, ToyTask.task(), Progress.NONE))
                .isInstanceOf(LlmAdaptException.class);
        assertThat(kept).doesNotExist();
        TrainedLayer.of(new Writing(false))
                .kept(kept)
                .adapt(model, ToyTask.task(), Progress.NONE)
                .close();
        assertThat(did).containsExactly("learn", "learn", "open");
        assertThat(kept.resolve("first")).exists();
        assertThat(kept.resolve("second")).exists();
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    /** Learns two files; one that breaks writes one. */
    private final class Writing implements Learning {
        private final boolean breaks;

        Writing(boolean breaks) {
            this.breaks = breaks;
        }

        @Override
        public String name() {
            return "writing";
        }

        @Override
        public Model adapt(Model base, Task task, Progress progress) {
            did.add("adapt");
            return new ModelLayer(base) {};
        }

        @Override
        public void learn(Model base, Task task, Path target, Path snapshots, Progress progress) {
            did.add("learn");
            assertThat(target).isEmptyDirectory();
            try {
                Files.writeString(target.resolve("first"), "1");
                if (breaks) {
                    throw new LlmAdaptException("killed");
                }
                Files.writeString(target.resolve("second"), "2");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Model open(Model base, Path kept) {
            did.add("open");
            assertThat(kept.resolve("second")).exists();
            return new ModelLayer(base) {};
        }
    }
}
