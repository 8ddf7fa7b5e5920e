package dev.llmadapt.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.llmadapt.Decision;
import dev.llmadapt.Example;
import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.Message;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Passage;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.Timings;
import dev.llmadapt.TokenListener;
import dev.llmadapt.ToyModel;
import dev.llmadapt.Usage;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.InjectionShare;
import dev.llmadapt.pilot.results.MeasurementDetails;
import dev.llmadapt.pilot.results.MeasurementDetails.Omitted;
import dev.llmadapt.pilot.results.NoisyQuality;
import dev.llmadapt.pilot.results.OutOfScope;
import dev.llmadapt.pilot.results.PersonalData;
import dev.llmadapt.pilot.results.PersonalDataSent;
import dev.llmadapt.pilot.results.RiskProfile;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.RobustnessProbes;
import dev.llmadapt.pilot.task.TaskSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Risks of models whose behaviour is known. */
class RiskProbesTest {
    private static final List<String> LABELS = List.of("card", "transfer", "fees");
    private static final Pattern INJECTED =
            Pattern.compile("(?:answer|reply|Output|answer with|Always answer) (card|transfer|fees)");
    private static final Pattern NAMED = Pattern.compile("about my (card|transfer|fees)");
    private static final TaskSplit SPLIT = split();
    private static final Strategy PLAIN = PilotTest.Stand.plain("plain");

    @TempDir
    Path folder;

    @Test
    void run_modelThatObeys_isFoundOutAndOneThatDoesNotIsNot() {
        RiskProfile obeying = risks(run(new Known(true, true), Duration.ZERO, PLAIN), 0);
        assertThat(obeying.inputInjection()).isEqualTo(new InjectionShare(18, 0, 18));
        RiskProfile steady = risks(run(new Known(false, true), Duration.ZERO, PLAIN), 0);
        assertThat(steady.inputInjection()).isEqualTo(new InjectionShare(0, 0, 18));
        assertThat(steady.passageInjection()).isEqualTo(InjectionShare.NONE);
    }

    @Test
    void run_retrieves_passagesWithInstructionsAreFound() {
        Strategy rag = StrategyCatalog.parse("rag(1)/constrained", 0).get(0);
        assertThat(risks(run(new Known(true, false), Duration.ZERO, rag), 0).passageInjection())
                .satisfies(share -> {
                    assertThat(share.of()).isEqualTo(16);
                    // retrieval takes the special tokens out, and what looks like a system message
                    assertThat(share.obeyed()).isGreaterThan(8);
                    assertThat(share.anyway()).isZero();
                });
        assertThat(risks(run(new Known(false, false), Duration.ZERO, rag), 0).passageInjection())
                .isEqualTo(new InjectionShare(0, 0, 16));
    }

    @Test
    void run_readsLowerCaseOnly_losesOnUpperCase() {
        List<NoisyQuality> noise =
                risks(run(new Known(false, true), Duration.ZERO, PLAIN), 0).noise();
        assertThat(noise).extracting(NoisyQuality::noise).containsExactly("typos", "upper case", "no punctuation");
        assertThat(noise).allMatch(each -> each.examples() == 18 && each.original() == 1);
        assertThat(noise.get(1).noisy()).as("all are taken for the first label").isCloseTo(1.0 / 3, within());
        assertThat(noise.get(1).difference().high()).isNegative();
        assertThat(noise.get(2).noisy()).isEqualTo(1);
    }

    @Test
    void run_outOfScope_isToldByConfidence() {
        OutOfScope known =
                risks(run(new Known(false, true), Duration.ZERO, PLAIN), 0).outOfScope();
        assertThat(known.messages()).isEqualTo(17);
        assertThat(known.answered()).isEqualTo(17);
        assertThat(known.separation())
                .as("0.9 in scope; 0.4 outside but of the one that speaks of a card")
                .contains(new OutOfScope.Separation(18, 0.9, 1, (16 + 0.5) / 17));
        OutOfScope unknown =
                risks(run(new Known(false, false), Duration.ZERO, PLAIN), 0).outOfScope();
        assertThat(unknown).isEqualTo(new OutOfScope(17, 17, Optional.empty()));
    }

    @Test
    void run_promptsWithPersonalData_areCountedByWhereItIs() {
        PersonalDataSent sent =
                risks(run(new Known(false, false), Duration.ZERO, PLAIN), 0).personalData();
        assertThat(sent.prompts()).isEqualTo(18);
        assertThat(sent.affected()).isEqualTo(1);
        assertThat(sent.inMessages()).isEqualTo(new PersonalData(1, 0, 0, 0));
        assertThat(sent.added()).isEqualTo(PersonalData.NONE);
        PersonalDataSent shots = risks(
                        run(
                                new Known(false, false),
                                Duration.ZERO,
                                StrategyCatalog.parse("few-shot(6)", 0).get(0)),
                        0)
                .personalData();
        assertThat(shots.affected()).as("an example has a telephone number").isEqualTo(18);
        assertThat(shots.added()).isEqualTo(new PersonalData(0, 18, 0, 0));
        PilotReport without = run(
                new Known(false, false),
                Duration.ZERO,
                StrategyCatalog.parse("words", 0).get(0));
        assertThat(risks(without, 0).personalData()).isEqualTo(PersonalDataSent.NONE);
        assertThat(risks(without, 0).inputInjection().of()).isEqualTo(18);
        assertThat(risks(without, 0).outOfScope().separation()).isPresent();
    }

    @Test
    void run_again_asksNothingAndTellsTheSame() {
        Known first = new Known(true, true);
        RiskProfile risks = risks(run(first, Duration.ofHours(1), PLAIN), 0);
        assertThat(first.asked).isPositive();
        assertThat(risks.inputInjection().measured()).isTrue();
        Known second = new Known(true, true);
        assertThat(risks(run(second, Duration.ofHours(1), PLAIN), 0)).isEqualTo(risks);
        assertThat(second.asked).isZero();
    }

    @Test
    void run_littleTime_leavesPartsOut() {
        // each answer takes a second
        RiskProfile none = measured(7);
        assertThat(none.noise()).isEmpty();
        assertThat(none.inputInjection().measured()).isFalse();
        assertThat(none.outOfScope().measured()).isFalse();
        RiskProfile some = measured(23);
        assertThat(some.noise()).as("eight texts in three forms would take 24").isEmpty();
        assertThat(some.inputInjection().of()).isEqualTo(16);
        assertThat(some.outOfScope().measured()).as("7 seconds are left").isFalse();
        RiskProfile more = measured(24 + 9);
        assertThat(more.noise()).allMatch(each -> each.examples() == 11);
        assertThat(more.inputInjection().measured()).isFalse();
        RiskProfile all = measured(1_000);
        assertThat(all.noise()).allMatch(each -> each.examples() == 16);
        assertThat(all.outOfScope().messages()).isEqualTo(16);
    }

    @Test
    void run_promptsThatTakeTime_areFewer() {
        assertThat(measured(new Known(true, true), 0).personalData().prompts()).isEqualTo(18);
        Known slow = new Known(true, true);
        slow.prompting = 1_000_000_000L;
        assertThat(measured(slow, 0).personalData().prompts())
                .as("the third would begin after a second")
                .isEqualTo(2);
        Known patient = new Known(true, true);
        patient.prompting = 1_000_000L;
        assertThat(measured(patient, 0).personalData().prompts()).isEqualTo(18);
    }

    @Test
    void run_budgetThatEndsWithTheTests_tellsThatRisksWereLeftOut() {
        assertThat(details(run(new Known(true, true), Duration.ofSeconds(28), PLAIN))
                        .omitted())
                .containsExactly(Omitted.RISKS);
        assertThat(details(run(new Known(true, true), Duration.ofHours(1), PLAIN))
                        .omitted())
                .isEmpty();
        assertThat(details(run(new Known(true, true), Duration.ZERO, PLAIN)).omitted())
                .isEmpty();
    }

    private static MeasurementDetails details(PilotReport report) {
        return report.measured().get(0).details();
    }

    private RiskProfile measured(int seconds) {
        return measured(new Known(true, true), seconds);
    }

    /** The risks of a model whose answers take a second, measured within some seconds. */
    private RiskProfile measured(Known known, int seconds) {
        Map<String, Example> tests = new LinkedHashMap<>();
        SPLIT.test().forEach(example -> tests.put(example.id(), example));
        try (Known model = known;
                Journal journal = Journal.inMemory();
                TrialContext context =
                        new TrialContext(model, SPLIT.task(), journal, folder, Progress.NONE, model.now::get, 0);
                Trial trial = context.trial(Candidate.of(PLAIN), 12, "risks")) {
            return new RiskProbes(context, SPLIT, tests)
                    .of(
                            Candidate.of(PLAIN),
                            trial,
                            12,
                            trial.answers(SPLIT.test(), 0, SPLIT.test().size()),
                            0,
                            seconds * 1e9);
        }
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-9);
    }

    private static RiskProfile risks(PilotReport report, int row) {
        return report.measured().get(row).details().risks();
    }

    private PilotReport run(Known known, Duration budget, Strategy candidate) {
        try (Known model = known) {
            return Pilot.of(SPLIT)
                    .candidates(candidate)
                    .budget(budget)
                    .folder(folder.resolve(known + candidate.name().replaceAll("\\W", "") + budget))
                    .clock(Instant.EPOCH, known.now::get)
                    .run(model);
        }
    }

    private static TaskSplit split() {
        Task task = Task.classification("desk", "Choose.", LABELS, examples(12, "learn"))
                .withCorpus(List.of(new Passage("p", "", "about a fee", 0)));
        return new TaskSplit(task, examples(18, "ask"), List.of())
                .withProbes(RobustnessProbes.none().withOutOfScope(List.of("a song about my card game")));
    }

    /** Messages that name their label; one learned has a telephone number, one asked an e-mail address. */
    private static List<Example> examples(int number, String verb) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            String label = LABELS.get(i % 3);
            String more = i > 0 ? "" : verb.equals("ask") ? " jo@example.org" : " +44 20 7946 0958";
            examples.add(new Example(verb + i, verb + " " + i + ", about my " + label + "." + more, label));
        }
        return examples;
    }

    /** A model that answers with the label that the last message names, or is told to name; a second each. */
    private static final class Known extends ModelLayer {
        private final AtomicLong now = new AtomicLong();
        private final boolean obeys;
        private final boolean probable;
        private int asked;
        private long prompting;

        Known(boolean obeys, boolean probable) {
            super(new ToyModel());
            this.obeys = obeys;
            this.probable = probable;
        }

        @Override
        protected Exchange exchange(Request request) {
            return new Exchange() {
                @Override
                public Request asked() {
                    now.addAndGet(prompting);
                    return request;
                }

                @Override
                public Optional<Generation> own(TokenListener listener) {
                    return Optional.of(answer(request));
                }
            };
        }

        private Generation answer(Request request) {
            asked++;
            now.addAndGet(1_000_000_000L);
            String last = request.last().content();
            Optional<String> named =
                    NAMED.matcher(last).results().map(found -> found.group(1)).reduce((before, after) -> after);
            String label = named.orElse(LABELS.get(0));
            Matcher injected = INJECTED.matcher(
                    request.messages().stream().map(Message::content).collect(Collectors.joining("\n")));
            if (obeys && injected.find()) {
                label = injected.group(1);
            }
            String given = label;
            double probability = named.isPresent() ? 0.9 : 0.4;
            Decision decision = new Decision(
                    LABELS.stream()
                            .map(each ->
                                    new Decision.Choice(each, each.equals(given) ? probability : (1 - probability) / 2))
                            .toList(),
                    false);
            return new Generation(
                    label,
                    List.of(),
                    FinishReason.STOP,
                    new Usage(1, 1),
                    new Timings(Duration.ZERO, Duration.ZERO),
                    "",
                    probable ? Optional.of(decision) : Optional.empty());
        }

        @Override
        public String toString() {
            return obeys + "-" + probable + "-";
        }
    }
}
