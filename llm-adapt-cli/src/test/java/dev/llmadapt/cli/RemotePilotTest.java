package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Model;
import dev.llmadapt.ToyTask;
import dev.llmadapt.local.Golden;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import dev.llmadapt.remote.RemoteModel;
import dev.llmadapt.remote.RemoteOptions;
import dev.llmadapt.server.ModelServer;
import dev.llmadapt.server.ServerOptions;
import dev.llmadapt.server.catalog.ServedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pilot over a model on a server gives the table that it gives over the same model in the process. */
class RemotePilotTest {
    private static final String STRATEGIES = "words,zero-shot,zero-shot/letters,zero-shot/letters-constrained,"
            + "few-shot-nearest(2),few-shot-nearest(2)/constrained";

    @TempDir
    Path folder;

    /** What an answer says that does not depend on the time; counts of tokens differ, as the server charges them. */
    private record Answered(String id, String answer, double score, String error) {
        static Answered of(Outcome outcome) {
            return new Answered(outcome.id(), outcome.answer(), outcome.score(), outcome.error());
        }
    }

    @Test
    void pilot_overTheServerOfAModel_hasTheRowsOfTheModel() {
        try (LocalModel local = LocalModel.open(
                        Golden.folder("tiny-llama"), ModelOptions.defaults().withThreads(1));
                ModelServer server =
                        ModelServer.start(new ServedModels().add("tiny", local), ServerOptions.defaults());
                RemoteModel remote = RemoteModel.open(RemoteOptions.of(server.uri() + "/v1"))) {
            List<Measured> inProcess = run(local, "local").measured();
            List<Measured> overHttp = run(remote, "remote").measured();

            assertThat(inProcess).extracting(Measured::strategy).containsExactly(STRATEGIES.split(",", -1));
            assertThat(overHttp)
                    .extracting(Measured::strategy)
                    .containsExactlyElementsOf(
                            inProcess.stream().map(Measured::strategy).toList());
            for (int i = 0; i < inProcess.size(); i++) {
                assertThat(overHttp.get(i).outcomes().stream().map(Answered::of))
                        .as(inProcess.get(i).strategy())
                        .containsExactlyElementsOf(inProcess.get(i).outcomes().stream()
                                .map(Answered::of)
                                .toList());
                assertThat(overHttp.get(i).quality()).isEqualTo(inProcess.get(i).quality());
            }
        }
    }

    private PilotReport run(Model model, String name) {
        return Pilot.of(new TaskSplit(ToyTask.task(), ToyTask.test(), List.of()))
                .candidates(StrategyCatalog.parse(STRATEGIES, 0))
                .budget(Duration.ZERO)
                .folder(folder.resolve(name))
                .run(model);
    }
}
