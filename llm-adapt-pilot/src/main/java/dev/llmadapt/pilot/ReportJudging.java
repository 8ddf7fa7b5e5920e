package dev.llmadapt.pilot;

import com.google.gson.JsonObject;
import dev.llmadapt.Example;
import dev.llmadapt.Progress;
import dev.llmadapt.peft.data.ContentHash;
import dev.llmadapt.pilot.judging.GradeAgreement;
import dev.llmadapt.pilot.judging.Judge;
import dev.llmadapt.pilot.judging.JudgedAnswer;
import dev.llmadapt.pilot.judging.Preference;
import dev.llmadapt.pilot.report.PilotReport;
import dev.llmadapt.pilot.results.JudgeGrade;
import dev.llmadapt.pilot.results.JudgeGrade.WinRate;
import dev.llmadapt.pilot.results.Measured;
import dev.llmadapt.pilot.results.Outcome;
import dev.llmadapt.pilot.results.Row;
import dev.llmadapt.pilot.statistics.Interval;
import dev.llmadapt.pilot.task.HumanGrades;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges the answers of a finished report by a language model, beside the task's metric. With a folder each call of the
 * judge is kept there, so that what was judged is not asked again; the time is not part of the pilot's budget.
 */
public final class ReportJudging implements AutoCloseable {
    /** The answers compared side by side with those of the best candidate: each takes two calls. */
    private static final int COMPARED = 32;

    private final Judge judge;
    private final Progress progress;
    private final Journal journal;

    private ReportJudging(Judge judge, Progress progress, Journal journal) {
        this.judge = judge;
        this.progress = progress;
        this.journal = journal;
    }

    /**
     * Judging that keeps what the judge says in a folder.
     *
     * @param folder that of the run, or null to keep nothing
     * @throws dev.llmadapt.LlmAdaptException if the file in the folder is in use or damaged
     */
    public static ReportJudging of(Judge judge, @Nullable Path folder, Progress progress) {
        String identity = judge.name() + " " + judge.rubric();
        String hash = new ContentHash().add(identity).hex().substring(0, 12);
        Journal journal = folder == null
                ? Journal.inMemory()
                : Journal.open(folder.resolve("judge-" + hash + ".jsonl"), identity);
        return new ReportJudging(judge, progress, journal);
    }

    /**
     * The report with a grade for each row that answered.
     *
     * @throws IllegalArgumentException if the task's answers are labels, which are right or wrong without a judge
     */
    public PilotReport judge(PilotReport report) {
        if (report.task().labels() > 0) {
            throw new IllegalArgumentException("a judge grades free text, the answers of task '"
                    + report.task().name() + "' are " + report.task().labels() + " labels");
        }
        Map<String, Example> tests = new HashMap<>();
        report.task().test().forEach(example -> tests.put(example.id(), example));
        Optional<Measured> best = report.best();
        Map<String, Measured> judged = new LinkedHashMap<>();
        for (Measured row : report.measured()) {
            JudgeGrade grade =
                    grade(row, tests, best.filter(other -> !other.strategy().equals(row.strategy())));
            judged.put(row.strategy(), row.withDetails(row.details().withJudged(grade)));
        }
        List<Row> rows = report.rows().stream()
                .map(row -> row instanceof Measured measured ? judged.getOrDefault(measured.strategy(), measured) : row)
                .map(Row.class::cast)
                .toList();
        return report.withRows(rows);
    }

    private JudgeGrade grade(Measured row, Map<String, Example> tests, Optional<Measured> best) {
        List<Double> grades = new ArrayList<>();
        int failed = 0;
        String stage = "judge " + row.strategy();
        progress.report(stage, 0, row.outcomes().size());
        for (Outcome outcome : row.outcomes()) {
            Example example = tests.get(outcome.id());
            if (example == null || outcome.answer().isBlank()) {
                grades.add(0.0);
            } else {
                Optional<Double> grade = grade(example, outcome.answer());
                grade.ifPresent(grades::add);
                failed += grade.isEmpty() ? 1 : 0;
            }
            progress.report(stage, grades.size() + failed, row.outcomes().size());
        }
        double[] scores = grades.stream().mapToDouble(Double::doubleValue).toArray();
        double mean = grades.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        return new JudgeGrade(
                mean,
                scores.length == 0 ? new Interval(0, 1) : Interval.ofMean(scores),
                scores.length,
                failed,
                best.flatMap(other -> compare(row, other, tests)));
    }

    private Optional<Double> grade(Example example, String answer) {
        JsonObject entry = once(
                "grade",
                List.of(example.input(), example.output(), answer),
                () -> Double.toString(judge.grade(new JudgedAnswer(example.input(), example.output(), answer))));
        return value(entry).map(Double::parseDouble);
    }

    private Optional<WinRate> compare(Measured row, Measured best, Map<String, Example> tests) {
        Map<String, String> others = new HashMap<>();
        best.outcomes().forEach(outcome -> others.put(outcome.id(), outcome.answer()));
        Map<Preference, Integer> counts = new EnumMap<>(Preference.class);
        int compared = 0;
        for (Outcome outcome : row.outcomes()) {
            Example example = tests.get(outcome.id());
            String other = others.get(outcome.id());
            if (example == null || other == null || compared >= COMPARED) {
                continue;
            }
            Optional<Preference> preferred = prefer(example, outcome.answer(), other);
            if (preferred.isPresent()) {
                counts.merge(preferred.get(), 1, Integer::sum);
                compared++;
            }
        }
        return compared == 0
                ? Optional.empty()
                : Optional.of(new WinRate(
                        counts.getOrDefault(Preference.FIRST, 0),
                        counts.getOrDefault(Preference.TIE, 0),
                        counts.getOrDefault(Preference.SECOND, 0)));
    }

    private Optional<Preference> prefer(Example example, String answer, String other) {
        if (answer.strip().equals(other.strip())) {
            return Optional.of(Preference.TIE);
        }
        if (answer.isBlank() || other.isBlank()) {
            return Optional.of(answer.isBlank() ? Preference.SECOND : Preference.FIRST);
        }
        JsonObject entry = once(
                "prefer",
                List.of(example.input(), example.output(), answer, other),
                () -> judge.prefer(example.input(), example.output(), answer, other)
                        .name());
        return value(entry).map(Preference::valueOf);
    }

    /**
     * The agreement of the judge with people.
     *
     * @throws IllegalArgumentException if the judge can read fewer than two of the answers
     */
    public GradeAgreement agreement(HumanGrades people) {
        List<Double> given = new ArrayList<>();
        List<Double> right = new ArrayList<>();
        for (HumanGrades.Graded graded : people.grades()) {
            Optional<Double> grade =
                    graded.answer().isBlank() ? Optional.of(0.0) : grade(graded.example(), graded.answer());
            grade.ifPresent(value -> {
                given.add(1 + 4 * value);
                right.add(graded.grade());
            });
        }
        return GradeAgreement.of(
                given.stream().mapToDouble(Double::doubleValue).toArray(),
                right.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private JsonObject once(String what, List<String> texts, Supplier<String> ask) {
        String key = what + "|" + new ContentHash().addAll(texts).hex();
        return journal.once(key, () -> {
            RunEnd.check();
            JsonObject entry = new JsonObject();
            long start = System.nanoTime();
            try {
                entry.addProperty("value", ask.get());
            } catch (IllegalArgumentException e) {
                entry.addProperty("error", Trial.line(what, e)); // too long for the judge
            } catch (CancellationException e) {
                RunEnd.check();
                throw e;
            }
            entry.addProperty("nanos", System.nanoTime() - start);
            return entry;
        });
    }

    private static Optional<String> value(JsonObject entry) {
        return entry.has("value") ? Optional.of(entry.get("value").getAsString()) : Optional.empty();
    }

    /** Closes the file; the judge stays open. */
    @Override
    public void close() {
        journal.close();
    }
}
