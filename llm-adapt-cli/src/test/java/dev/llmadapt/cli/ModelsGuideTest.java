package dev.llmadapt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.GuideExamples;
import dev.llmadapt.Model;
import dev.llmadapt.files.Sha256;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.local.ModelOptions;
import dev.llmadapt.pilot.Pilot;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.strategy.CandidateModel;
import dev.llmadapt.pilot.strategy.ModelPool;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/guides/models.md} shows the table of {@code models}, and code that compiles. */
class ModelsGuideTest {
    private static final String PAGE = "docs/guides/models.md";

    /** Compiled here; it needs a model of this machine and a remote one. */
    static void compare(Path smallFile, Model remote, TaskSplit split) throws IOException {
        // guide
        try (ModelPool pool = ModelPool.ofAvailableMemory()) {
            Model small = pool.add(Files.size(smallFile), () -> LocalModel.open(smallFile, ModelOptions.defaults()));
            List<CandidateModel> models = List.of(
                    new CandidateModel("small", Sha256.of(smallFile), Files.size(smallFile), small),
                    CandidateModel.of("remote", "2026-11", remote));
            PilotReport report = Pilot.of(split)
                    .candidates(CandidateModel.candidates(StrategyCatalog.parse("words,zero-shot,features", 0), models))
                    .run(small);
            System.out.println(report.recommendation().text());
        }
        // end
    }

    @Test
    void page_code_isCompiledHere() {
        assertThat(GuideExamples.shown(PAGE)).isEqualTo(GuideExamples.tested(ModelsGuideTest.class));
    }

    @Test
    void page_tables_areThoseOfTheCommand() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(row(ModelsCommand.titles()));
        lines.add("|---|---:|---:|---:|---:|---:|---:|---|---|");
        KnownModel.all().forEach(model -> lines.add(row(ModelsCommand.cells(model))));
        assertThat(Files.readString(GuideExamples.root().resolve(PAGE))).contains(String.join("\n", lines) + "\n\n");
        String sources = "| model | | `--model` fetches |\n|---|---|---|\n"
                + KnownModel.all().stream()
                        .map(model -> row(List.of(model.id(), model.title(), "`" + model.source() + "`")))
                        .collect(Collectors.joining("\n"));
        assertThat(Files.readString(GuideExamples.root().resolve(PAGE))).contains(sources + "\n\n");
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}
