package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Role;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import dev.llmadapt.ToyTask;
import dev.llmadapt.Usage;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.report.ReportHtml;
import dev.llmadapt.pilot.report.ReportTable;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.saved.SavedStrategy;
import dev.llmadapt.pilot.saved.ServeCheck;
import dev.llmadapt.pilot.strategy.CandidateModel;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search for better wordings, on a model that answers rightly to some; a tenth of a second passes an answer. */
class RefinementTest {
    /** The end of a message to which the model knows the answer. */
    private static final String FRAMED = "\nAnswer:";

    private static final String NONE = "no message ends so";

    @TempDir
    Path folder;

    private final Task task = ToyTask.task().withExamples(RaceTest.many(100, "l"));
    private final TaskSplit split = new TaskSplit(task, RaceTest.many(80, "t"), List.of());
    private final List<String> searched = new ArrayList<>();
    private final List<Request> searching = new ArrayList<>();
    private final List<Request> measuring = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private String stage = "";
    private int calls;
    private int dies = Integer.MAX_VALUE;

    @Test
    void run_aBetterWording_isMeasuredAsOneMoreCandidate() {
        PilotReport report = run("zero-shot/constrained", Duration.ZERO, FRAMED);
        assertThat(report.rows())
                .extracting(Row::strategy)
                .containsExactly("zero-shot/constrained", "zero-shot(framed)/constrained");
        Measured found = report.measured().get(1);
        assertThat(found.quality()).isEqualTo(1);
        assertThat(found.outcomes()).hasSize(80);
        assertThat(found.details().trainExamples()).isEqualTo(100);
        assertThat(found.details().prompts().get(0).messages().get(1).content())
                .as("the report shows the wording")
                .startsWith("Input: ")
                .endsWith("\nAnswer:");
        assertThat(ReportHtml.write(report)).contains("zero-shot(framed)/constrained", "Input: ");
        assertThat(report.comparisons()).as("it is compared like the others").isNotEmpty();
        assertThat(searched)
                .containsExactly(
                        "search for a better prompt, 1 of 4: zero-shot/constrained: test examples",
                        "search for a better prompt, 2 of 4: zero-shot(exact)/constrained: test examples",
                        "search for a better prompt, 3 of 4: zero-shot(framed)/constrained: test examples",
                        "search for a better prompt, 4 of 4: zero-shot(repeated)/constrained: test examples");
    }

    @Test
    void run_noBetterWording_leavesEverythingAsItWas() {
        PilotReport report = run("zero-shot/constrained", Duration.ZERO, NONE);
        assertThat(searched).hasSize(4);
        assertThat(report.rows()).extracting(Row::strategy).containsExactly("zero-shot/constrained");
        assertThat(report.leftBehind()).isEmpty();
    }

    @Test
    void run_search_seesNoTestExampleAndShowsNoneThatJudges() {
        run("few-shot(8)/constrained", Duration.ZERO, FRAMED);
        Set<String> tests = new HashSet<>();
        split.test().forEach(example -> tests.add(example.input()));
        Set<String> judging = new HashSet<>();
        Set<String> shown = new HashSet<>();
        for (Request request : searching) {
            List<Message> users = request.messages().stream()
                    .filter(message -> message.role() == Role.USER)
                    .toList();
            assertThat(users).hasSize(9);
            users.subList(0, 8).forEach(message -> shown.add(input(message.content())));
            judging.add(input(users.get(8).content()));
        }
        assertThat(judging).hasSize(48).doesNotContainAnyElementsOf(tests).doesNotContainAnyElementsOf(shown);
        assertThat(shown).doesNotContainAnyElementsOf(tests);
        assertThat(measuring.stream().map(request -> input(request.last().content())))
                .as("what is measured are the tests")
                .doesNotContainAnyElementsOf(judging);
    }

    @Test
    void run_shownToBeWorse_isNotSearched() {
        // nearest-example needs no model, and knows nearly all of them; the model half of them
        PilotReport report = run("nearest-example,zero-shot/constrained,role/constrained", Duration.ofHours(2), NONE);
        assertThat(report.measured().get(0).quality()).isGreaterThan(0.95);
        assertThat(report.measured()).hasSize(3);
        assertThat(searched).isEmpty();
        searched.clear();
        run("nearest-example,zero-shot/constrained", Duration.ZERO, NONE);
        assertThat(searched).as("nor without a limit").isEmpty();
    }

    @Test
    void run_timeLeft_decidesWhetherASearchFits() {
        // 8 s of tests; at half as long again each, four wordings of 16 examples and the tests anew take 21.6 s
        run("zero-shot/constrained", Duration.ofSeconds(30), FRAMED);
        assertThat(searched).isEmpty();
        PilotReport report = run("zero-shot/constrained", Duration.ofSeconds(40), FRAMED);
        assertThat(searched).hasSize(4);
        assertThat(searching.size()).as("fewer judge where time is short").isBetween(4 * 16, 4 * 48 - 1);
        assertThat(report.measured()).hasSize(2);
        assertThat(report.measured().get(1).outcomes()).hasSize(80);
    }

    @Test
    void run_threeSurvive_theBestTwoAreSearched() {
        run("zero-shot/constrained,role/constrained,few-shot(3)/constrained", Duration.ZERO, NONE);
        assertThat(searched).hasSize(8);
    }

    @Test
    void run_aWordingThatIsACandidateAnyway_isNotTriedTwice() {
        PilotReport report = run("zero-shot/constrained,zero-shot(framed)/constrained", Duration.ZERO, FRAMED);
        assertThat(report.rows())
                .extracting(Row::strategy)
                .containsExactly("zero-shot/constrained", "zero-shot(framed)/constrained");
        assertThat(searched).noneMatch(label -> label.contains("framed"));
    }

    @Test
    void run_fewExamples_areNotEnoughToJudge() {
        TaskSplit small = new TaskSplit(task.withExamples(RaceTest.many(31, "l")), split.test(), List.of());
        List<Strategy> strategies = StrategyCatalog.parse("zero-shot/constrained", 0);
        run(small, strategies, Duration.ZERO, FRAMED, Optional.empty());
        assertThat(searched).isEmpty();
        TaskSplit fewTests = new TaskSplit(task, RaceTest.many(15, "t"), List.of());
        run(fewTests, strategies, Duration.ZERO, FRAMED, Optional.empty());
        assertThat(searched).as("nobody searches longer than he measures").isEmpty();
    }

    @Test
    void run_onAnotherModel_findsItsWording() {
        try (Model own = scripted(split, FRAMED);
                Model other = new ToyModel()) {
            List<Strategy> strategies = CandidateModel.candidates(
                    StrategyCatalog.parse("zero-shot/constrained", 0), List.of(CandidateModel.of("own", "", own)));
            PilotReport report = Pilot.of(split)
                    .candidates(strategies)
                    .clock(Instant.EPOCH, now::get)
                    .progress(this::hear)
                    .run(other);
            assertThat(report.rows())
                    .extracting(Row::strategy)
                    .containsExactly("zero-shot/constrained @ own", "zero-shot(framed)/constrained @ own");
        }
    }

    @Test
    void save_aWordingThatWasFound_answersTheSameWhenLoaded() {
        Path work = folder.resolve("work");
        PilotReport report = run(
                split, StrategyCatalog.parse("few-shot(3)/constrained", 0), Duration.ZERO, FRAMED, Optional.of(work));
        Path target = folder.resolve("saved");
        SavedStrategy.save(report.measured().get(1), report, split, work, target);
        SavedStrategy saved = SavedStrategy.load(target);
        assertThat(saved.text()).isEqualTo("zero-shot(framed)+few-shot(3)/constrained");
        try (Model model = scripted(split, FRAMED);
                Model adapted = saved.adapt(model)) {
            assertThat(adapted.prepare(saved.task().request("my dog")).last().content())
                    .isEqualTo("Input: my dog\nAnswer:");
            assertThat(ServeCheck.replay(saved, model, Progress.NONE).changed()).isEmpty();
        }
    }

    @Test
    void run_killedAtRandomPoints_endsWithTheSameTable() {
        List<Strategy> strategies = StrategyCatalog.parse("zero-shot/constrained,role/constrained", 0);
        Duration budget = Duration.ofMinutes(2);
        PilotReport undisturbed = run(split, strategies, budget, FRAMED, Optional.of(folder.resolve("whole")));
        String whole = ReportTable.write(undisturbed, 1_000, false);
        assertThat(whole).contains("zero-shot(framed)", "role+zero-shot(framed)");
        assertThat(searched).hasSize(8);
        int all = calls;
        Random random = new Random(17);
        int kills = 0;
        for (int i = 0; i < 10; i++) {
            int point = 1 + random.nextInt(all / 5);
            try {
                calls = 0;
                dies = point;
                run(split, strategies, budget, FRAMED, Optional.of(folder.resolve("resumed")));
            } catch (Killed e) {
                kills++;
            }
        }
        assertThat(kills).isGreaterThan(6);
        dies = Integer.MAX_VALUE;
        PilotReport resumed = run(split, strategies, budget, FRAMED, Optional.of(folder.resolve("resumed")));
        assertThat(ReportTable.write(resumed, 1_000, false)).isEqualTo(whole);
    }

    @Test
    void run_finishedJournal_asksNobodyAndFindsTheSame() {
        List<Strategy> strategies = StrategyCatalog.parse("zero-shot/constrained", 0);
        Path work = folder.resolve("work");
        PilotReport first = run(split, strategies, Duration.ZERO, FRAMED, Optional.of(work));
        assertThat(first.measured()).hasSize(2);
        calls = 0;
        PilotReport again = run(split, strategies, Duration.ZERO, FRAMED, Optional.of(work));
        assertThat(calls).isZero();
        assertThat(again.rows()).isEqualTo(first.rows());
    }

    private PilotReport run(String list, Duration budget, String right) {
        return run(split, StrategyCatalog.parse(list, 0), budget, right, Optional.empty());
    }

    private PilotReport run(
            TaskSplit data, List<Strategy> candidates, Duration budget, String right, Optional<Path> work) {
        now.set(0);
        searched.clear();
        searching.clear();
        measuring.clear();
        try (Model model = scripted(data, right)) {
            Pilot pilot = Pilot.of(data)
                    .candidates(candidates)
                    .budget(budget)
                    .clock(Instant.EPOCH, now::get)
                    .progress(this::hear);
            return work.map(pilot::folder).orElse(pilot).run(model);
        }
    }

    private void hear(String told, long done, long total) {
        stage = told;
        if (told.matches("search for a better prompt.*: test examples")) {
            if (!searched.contains(told)) {
                searched.add(told);
            }
        }
    }

    /** The text of an example in a message. */
    private static String input(String content) {
        return content.replaceFirst("^Input: ", "").replaceFirst("(?s)\n.*", "");
    }

    /** A model that answers every third example rightly, and all where the last message ends as given. */
    private Model scripted(TaskSplit data, String right) {
        List<Example> known = new ArrayList<>(data.task().examples());
        known.addAll(data.test());
        return new ModelLayer(new ToyModel()) {
            @Override
            protected Exchange exchange(Request request) {
                if (++calls >= dies) {
                    throw new Killed();
                }
                now.addAndGet(100_000_000L);
                (stage.matches("search for a better prompt.*: test examples") ? searching : measuring).add(request);
                String asked = input(request.last().content());
                int place = 0;
                while (place < known.size() && !known.get(place).input().equals(asked)) {
                    place++;
                }
                boolean knows = place < known.size()
                        && (place % 3 == 0 || request.last().content().endsWith(right));
                String answer = knows ? known.get(place).output() : "none";
                return new Exchange() {
                    @Override
                    public Request asked() {
                        return request;
                    }

                    @Override
                    public Optional<Generation> own(TokenListener listener) {
                        return Optional.of(new Generation(
                                answer, List.of(), FinishReason.STOP, new Usage(1, 1), Timings.NONE, ""));
                    }
                };
            }
        };
    }

    /** The process dies here. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }
}
