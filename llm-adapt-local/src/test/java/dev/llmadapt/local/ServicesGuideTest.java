package dev.llmadapt.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Generation;
import dev.llmadapt.GuideExamples;
import dev.llmadapt.Request;
import dev.llmadapt.Scheduling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/guides/services.md}, line for line. */
class ServicesGuideTest {
    @Test
    @SuppressWarnings("UnusedVariable") // the guide shows where the answer is
    void examples_ofTheGuide_answer() {
        Path folder = Golden.folder("tiny-llama");
        // guide
        ModelOptions options = ModelOptions.defaults()
                .withMaxBatch(16) // answers that run together
                .withMaxWaiting(64) // more that wait are refused at once
                .withMaxPerCaller(4); // of one caller, so that room is left for others
        try (LocalModel model = LocalModel.open(folder, options)) {
            Request request = Request.of("Where is my order?")
                    .withScheduling(
                            Scheduling.NONE.withCaller("team-a").withPriority(1).withTimeLimit(Duration.ofSeconds(20)));
            Generation answer = model.generate(request);
        }
        // end
    }

    @Test
    void future_whenCancelled_endsTheAnswer() {
        ExecutorService executor = Executors.newCachedThreadPool();
        Request request = Request.of("Where is my order?");
        try (LocalModel model = LocalModel.open(Golden.folder("tiny-llama"), ModelOptions.defaults())) {
            // guide
            CompletableFuture<Generation> answer = model.generateAsync(request, executor);
            answer.cancel(true); // ends it within a token
            // end
            assertThat(answer).isCancelled();
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void guide_examples_areTheOnesTested() {
        assertThat(GuideExamples.tested(ServicesGuideTest.class))
                .isEqualTo(GuideExamples.shown("docs/guides/services.md"))
                .hasSize(2);
    }
}
