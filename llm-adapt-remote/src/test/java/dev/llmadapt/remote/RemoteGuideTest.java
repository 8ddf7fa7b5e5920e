package dev.llmadapt.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.ToyTask;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/guides/remote.md} are those compiled here; what can run against a toy server does. */
final class RemoteGuideTest {
    @Test
    void guide_examples_areTheOnesCompiledHere() {
        assertThat(GuideExamples.shown("docs/guides/remote.md")).isEqualTo(GuideExamples.tested(RemoteExamples.class));
    }

    @Test
    void strategy_overAServer_isAsOverAnyModel() {
        try (ToyServer server = new ToyServer();
                RemoteModel model = RemoteModel.open(RemoteOptions.of(server.base()))) {
            RemoteExamples.strategy(model, ToyTask.task());
        }
    }
}
