package dev.llmadapt.prompting.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.llmadapt.Example;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Strategy;
import dev.llmadapt.StrategyContract;
import dev.llmadapt.Task;
import dev.llmadapt.ToyModel;
import dev.llmadapt.prompting.ZeroShot;
import dev.llmadapt.prompting.search.SearchOptions.Objective;
import dev.llmadapt.prompting.search.SearchReport.Origin;
import dev.llmadapt.prompting.search.SearchReport.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PromptSearchTest {
    private static final Task TASK = PlantedModel.task(90);

    @TempDir
    Path folder;

    private static SearchOptions options(int calls) {
        return SearchOptions.defaults()
                .withBudget(SearchBudget.calls(calls))
                .withDemonstrations(4)
                .withValidation(12)
                .withMinibatch(3)
                .withProposals(3)
                .withObjective(Objective.SUM);
    }

    private static SearchReport run(Model model, SearchOptions options) {
        return new PromptSearch(ZeroShot.defaults(), options).run(model, TASK, Progress.NONE);
    }

    /** A strategy as any other. */
    @Nested
    class Contract extends StrategyContract {
        @Override
        protected Strategy strategy() {
            return new PromptSearch(
                    ZeroShot.defaults(),
                    options(40).withValidation(4).withDemonstrations(2).withMinibatch(2));
        }

        @Override
        protected Task task() {
            Task task = super.task();
            List<Example> more = new ArrayList<>();
            for (int copy = 0; copy < 3; copy++) {
                for (Example each : task.examples()) {
                    more.add(
                            new Example(each.id() + "." + copy, each.input() + " ".repeat(copy) + copy, each.output()));
                }
            }
            return task.withExamples(more);
        }
    }

    @ParameterizedTest
    @EnumSource(Objective.class)
    void run_knownBestPrompt_isFound(Objective objective) {
        SearchReport report = run(new PlantedModel(), options(700).withObjective(objective));

        assertThat(report.chosen().instruction()).contains("arefully");
        assertThat(report.chosen().demonstrations())
                .hasSize(4)
                .allSatisfy(shown -> assertThat(shown.input()).endsWith("gem"));
        Row best = report.rows().get(0);
        assertThat(best.prompt()).isEqualTo(report.chosen());
        assertThat(best.worth()).isPositive();
    }

    @Test
    void run_proposerWithoutTheWord_reflectionAndProposalsAreRejected() {
        PlantedModel model = new PlantedModel();
        model.proposesWord = false;

        SearchReport report = run(model, options(300));

        assertThat(report.chosen().demonstrations())
                .filteredOn(shown -> shown.input().endsWith("gem"))
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(report.rows())
                .filteredOn(row -> row.origin() == Origin.PROPOSED)
                .hasSize(3)
                .allSatisfy(row -> assertThat(row.gain()).isZero());
    }

    @Test
    void run_onlyReflectionFindsTheWord_itIsFound() {
        SearchReport report = run(new PlantedModel(), options(400).withProposals(1));

        assertThat(report.chosen().instruction()).startsWith("Look carefully");
        assertThat(report.rows()).anyMatch(row -> row.origin() == Origin.REFLECTED && row.worth() > 0);
    }

    @Test
    void run_anotherProposer_writesTheInstructions() {
        PlantedModel model = new PlantedModel();
        PlantedModel proposer = new PlantedModel();

        SearchReport report = new PromptSearch(ZeroShot.defaults(), options(200))
                .withProposer(proposer)
                .run(model, TASK, Progress.NONE);

        assertThat(model.written).isEmpty();
        assertThat(proposer.written).isNotEmpty();
        assertThat(proposer.scored).isEmpty();
        assertThat(report.search().calls()).isEqualTo(model.calls() + proposer.calls());
    }

    @Test
    void run_withoutProposals_theInstructionStays() {
        PlantedModel model = new PlantedModel();

        SearchReport report = run(model, options(150).withProposals(0));

        assertThat(model.written).isEmpty();
        assertThat(report.rows())
                .allSatisfy(row -> assertThat(row.prompt().instruction()).isEqualTo(TASK.instruction()));
    }

    @Test
    void run_withoutDemonstrations_instructionsAreSearched() {
        SearchReport report = run(new PlantedModel(), options(120).withDemonstrations(0));

        assertThat(report.chosen().instruction()).contains("arefully");
        assertThat(report.rows())
                .allSatisfy(row -> assertThat(row.prompt().demonstrations()).isEmpty());
    }

    @Test
    void run_anyCalls_budgetIsKeptExactly() {
        for (int calls = 12; calls < 140; calls += 7) {
            PlantedModel model = new PlantedModel();

            SearchReport report = run(model, options(calls));

            assertThat(model.calls()).as("calls of a budget of %d", calls).isEqualTo(calls);
            assertThat(report.search().calls()).isEqualTo(calls);
            assertThat(report.ended()).isEqualTo("budget spent");
        }
    }

    @Test
    void run_tokensAndTime_noCallBeginsAfterwards() {
        PlantedModel model = new PlantedModel();
        SearchReport report = run(model, options(1).withBudget(SearchBudget.tokens(5_000)));
        assertThat(report.search().tokens()).isBetween(5_000L, 5_000L + 200);

        SearchReport timed = run(new PlantedModel(), options(1).withBudget(SearchBudget.time(Duration.ofMillis(5))));
        assertThat(timed.search().time()).isGreaterThanOrEqualTo(Duration.ofMillis(5));
        assertThat(timed.ended()).isEqualTo("budget spent");
    }

    @Test
    void run_callsForLessThanOneCandidate_isRefused() {
        assertThatThrownBy(() -> run(new PlantedModel(), options(11)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("11 calls")
                .hasMessageContaining("12 validation examples");
    }

    @Test
    void run_tooFewExamples_isRefused() {
        PromptSearch search = new PromptSearch(ZeroShot.defaults(), options(100));

        assertThatThrownBy(() -> search.run(new PlantedModel(), PlantedModel.task(8), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 examples")
                .hasMessageContaining("add examples");
    }

    @Test
    void run_sameSeed_sameReportAndOthersForOtherSeeds() {
        SearchReport first = run(new PlantedModel(), options(150).withCompared(true));

        assertThat(untimed(run(new PlantedModel(), options(150).withCompared(true))))
                .isEqualTo(untimed(first));
        assertThat(untimed(run(new PlantedModel(), options(150).withSeed(1).withCompared(true))))
                .isNotEqualTo(untimed(first));
    }

    @Test
    void run_validationAndComparison_areNeverShownAndComparisonIsReadLast() {
        PlantedModel model = new PlantedModel();
        SearchOptions options = options(150).withCompared(true).withComparison(9);
        ExampleSplit split = ExampleSplit.of(TASK, options);

        SearchReport report = run(model, options);

        Set<String> shown = new HashSet<>();
        for (Request request : model.scored) {
            List<String> users = PlantedModel.texts(request, Role.USER);
            shown.addAll(users.subList(0, users.size() - 1));
        }
        List<String> judging = inputs(split.validation());
        List<String> comparing = inputs(split.comparison());
        assertThat(shown).doesNotContainAnyElementsOf(judging).doesNotContainAnyElementsOf(comparing);
        int before = report.search().calls() + report.baseline().calls();
        assertThat(everything(model.scored.subList(0, before - model.written.size())))
                .doesNotContainAnyElementsOf(comparing);
        for (Request request : model.written) {
            String read = request.last().content();
            comparing.forEach(text -> assertThat(read).doesNotContain(text + "\n"));
        }
        assertThat(model.calls()).isEqualTo(before + 2 * 9);
    }

    @Test
    void run_compared_baselineHasAsManyCallsAndLoses() {
        SearchReport report = run(new PlantedModel(), options(150).withCompared(true));

        SearchReport.Comparison comparison = report.comparison().orElseThrow();
        assertThat(comparison.sets()).isEqualTo(150 / 12);
        assertThat(report.baseline().calls()).isLessThanOrEqualTo(150).isGreaterThan(150 - 12);
        assertThat(report.rows())
                .filteredOn(row -> row.origin() == Origin.BASELINE)
                .hasSize(150 / 12)
                .allSatisfy(row -> assertThat(row.prompt().demonstrations()).hasSize(4));
        assertThat(comparison.gain().low()).isPositive();
        assertThat(comparison.gain().high()).isGreaterThan(comparison.gain().mean());
        assertThat(comparison.accuracy().orElseThrow().mean()).isBetween(-1.0, 1.0);
    }

    @Test
    void run_promptTooLong_thatCandidateIsLeftOut() {
        PlantedModel model = new PlantedModel();
        model.refusesLong = true;

        assertThatThrownBy(() -> run(model, options(150)))
                .as("the first prompt is too long")
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too long");
        SearchReport report = run(model, options(150).withDemonstrations(2).withProposals(1));
        assertThat(report.rows()).allSatisfy(row -> assertThat(row.note()).isEmpty());
    }

    @Test
    void run_killedAtRandomPoints_goesOnToTheSameReport() throws IOException {
        SearchOptions options = options(160).withCompared(true);
        PlantedModel uninterrupted = new PlantedModel();
        SearchReport expected = run(uninterrupted, options);
        Random random = new Random(7);
        for (int round = 0; round < 5; round++) {
            Path journal = folder.resolve("journal" + round);
            int made = 0;
            SearchReport report = null;
            while (report == null) {
                PlantedModel model = new PlantedModel();
                model.failAfter = random.nextInt(120);
                try {
                    report = run(model, options.withJournal(journal));
                } catch (IllegalStateException killed) {
                    cut(journal, random.nextInt(30));
                }
                made += model.calls();
            }
            assertThat(untimed(report)).as("round %d", round).isEqualTo(untimed(expected));
            assertThat(made).as("calls made again, a few of them").isLessThan(2 * uninterrupted.calls());
        }
    }

    private static void cut(Path file, int bytes) throws IOException {
        byte[] all = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(all, Math.max(0, all.length - bytes)));
    }

    @Test
    void run_finishedJournal_asksNothingAndMoreCallsGoOn() {
        SearchOptions options = options(100).withJournal(folder.resolve("journal"));
        SearchReport report = run(new PlantedModel(), options);

        PlantedModel again = new PlantedModel();
        assertThat(run(again, options)).isEqualTo(report);
        assertThat(again.calls()).isZero();

        PlantedModel more = new PlantedModel();
        SearchReport longer = run(more, options.withBudget(SearchBudget.calls(200)));
        assertThat(longer.search().calls()).isEqualTo(200);
        assertThat(more.calls()).as("some are known").isLessThan(200);
    }

    @Test
    void run_journalOfOtherModels_isRefused() {
        SearchOptions options = options(60).withJournal(folder.resolve("journal"));
        run(new PlantedModel(), options);

        assertThatThrownBy(() -> run(new ToyModel(), options))
                .isInstanceOf(LlmAdaptException.class)
                .hasMessageContaining("planted")
                .hasMessageContaining("toy");
    }

    @Test
    void run_fileThatIsNoJournal_isRefusedAndKept() throws IOException {
        for (String text : List.of("my notes\n", "{\"key\": \"score 1\", \"tokens\": 1}\n")) {
            Path file = Files.writeString(folder.resolve("notes"), text);

            assertThatThrownBy(() -> run(new PlantedModel(), options(60).withJournal(file)))
                    .isInstanceOf(LlmAdaptException.class)
                    .hasMessageContaining("no journal");
            assertThat(file).hasContent(text);
        }
    }

    @Test
    void run_interrupted_endsAndGoesOn() {
        SearchOptions options = options(100).withJournal(folder.resolve("journal"));
        PlantedModel model = new PlantedModel();
        model.interruptAfter = 40;

        assertThatThrownBy(() -> run(model, options)).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(model.calls()).isEqualTo(41);

        assertThat(untimed(run(new PlantedModel(), options))).isEqualTo(untimed(run(new PlantedModel(), options(100))));
    }

    @Test
    void adapt_found_isShown() {
        PlantedModel model = new PlantedModel();
        PromptSearch search = new PromptSearch(ZeroShot.defaults(), options(150));
        Prompt chosen = search.run(model, TASK, Progress.NONE).chosen();

        try (Model adapted = search.adapt(model, TASK, Progress.NONE)) {
            Request prepared = adapted.prepare(TASK.request("thing 1000 is red"));
            assertThat(prepared.messages())
                    .hasSize(1 + 2 * chosen.demonstrations().size() + 1);
            assertThat(prepared.messages().get(0).content())
                    .isEqualTo(chosen.instruction() + "\nAnswer with one of: red, green, blue.");
            Example first = chosen.demonstrations().get(0);
            assertThat(PlantedModel.texts(adapted.prepare(TASK.request(first.input())), Role.USER))
                    .as("a question that is a demonstration is not shown with its answer")
                    .containsOnlyOnce(first.input());
        }
    }

    @Test
    void run_freeText_byTheRightAnswer() {
        Task text = Task.answering("t", "Sort the thing.", TASK.examples());

        SearchReport report = new PromptSearch(ZeroShot.defaults(), options(300).withCompared(true))
                .run(new PlantedModel(), text, Progress.NONE);

        assertThat(report.rows().get(0).accuracy()).isEmpty();
        assertThat(report.comparison().orElseThrow().accuracy()).isEmpty();
        assertThat(report.chosen().demonstrations())
                .filteredOn(shown -> shown.input().endsWith("gem"))
                .hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void prompt_savedAndLoaded_isTheSame() {
        Prompt prompt = new Prompt("Say \"it\".\nÉ {x}", List.of(new Example("a 1", "in\n", "out")));
        Path file = folder.resolve("prompt.json");

        prompt.save(file);

        assertThat(Prompt.load(file)).isEqualTo(prompt);
    }

    @Test
    void prompt_fileOfSomethingElse_isRefused() throws IOException {
        for (String text :
                List.of("", "{}", "{\"instruction\": 1, \"demonstrations\": []}", "{\"demonstrations\": [1]}")) {
            Path file = Files.writeString(folder.resolve("prompt.json"), text);

            assertThatThrownBy(() -> Prompt.load(file))
                    .isInstanceOf(LlmAdaptException.class)
                    .hasMessageContaining("holds no prompt");
        }
    }

    private static List<String> inputs(List<Example> examples) {
        return examples.stream().map(Example::input).toList();
    }

    private static Set<String> everything(List<Request> requests) {
        Set<String> all = new HashSet<>();
        requests.forEach(request -> all.addAll(PlantedModel.texts(request, Role.USER)));
        return all;
    }

    /** A report without the times, which differ from run to run. */
    private static SearchReport untimed(SearchReport report) {
        return new SearchReport(
                report.rows(),
                report.chosen(),
                report.comparison(),
                untimed(report.search()),
                untimed(report.baseline()),
                report.ended());
    }

    private static SearchReport.Cost untimed(SearchReport.Cost cost) {
        return new SearchReport.Cost(cost.calls(), cost.tokens(), Duration.ZERO);
    }
}
