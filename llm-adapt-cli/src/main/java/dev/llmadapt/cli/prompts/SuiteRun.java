package dev.llmadapt.cli.prompts;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Message;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Request;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.cli.prompts.PromptSuite.Prompt;
import dev.llmadapt.cli.prompts.PromptSuite.Test;
import dev.llmadapt.cli.prompts.SuiteResult.Cell;
import dev.llmadapt.cli.prompts.SuiteResult.Checked;
import dev.llmadapt.cli.prompts.SuiteResult.Column;
import dev.llmadapt.pilot.judging.Judge;
import dev.llmadapt.pilot.judging.JudgedAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A run of a suite: first the answers, one model after the other, then what the assertions say of them. A model is
 * opened when it has to write an answer that is not in the cache. For one thread.
 */
public final class SuiteRun {
    private final PromptSuite suite;
    private final Function<PromptSuite.Provider, Tested> models;
    private final @Nullable AnswerCache cache;
    private final Progress progress;

    /**
     * A model to be tested, or to grade.
     *
     * @param identity tells it from any other, and from this one computed otherwise; empty where that is not known, and
     *     answers are not kept
     * @param model the model; the run closes it
     */
    public record Tested(String identity, Model model) {}

    /**
     * A run.
     *
     * @param models the models of the suite's providers, each asked for once
     * @param cache where answers are kept; null keeps none
     */
    public SuiteRun(
            PromptSuite suite,
            Function<PromptSuite.Provider, Tested> models,
            @Nullable AnswerCache cache,
            Progress progress) {
        this.suite = suite;
        this.models = models;
        this.cache = cache;
        this.progress = progress;
    }

    /**
     * Runs all tests.
     *
     * @param messages as {@link PromptSuite#render} makes them
     * @param graders for assertions that are measured by a model
     * @throws CancellationException if the thread is interrupted
     */
    public SuiteResult run(List<List<List<Message>>> messages, Graders graders) {
        List<Column> columns = new ArrayList<>();
        List<List<Answer>> answers = new ArrayList<>(); // of each column, by test
        List<Prompt> prompts = suite.prompts();
        long done = 0;
        long all =
                (long) suite.providers().size() * prompts.size() * suite.tests().size();
        for (PromptSuite.Provider provider : suite.providers()) {
            Tested tested = models.apply(provider);
            try (Model model = tested.model()) {
                for (int p = 0; p < prompts.size(); p++) {
                    columns.add(new Column(prompts.get(p), provider));
                    List<Answer> column = new ArrayList<>();
                    for (int t = 0; t < suite.tests().size(); t++) {
                        progress.report("ask " + provider.label(), done++, all);
                        column.add(ask(
                                tested.identity(),
                                model,
                                provider,
                                messages.get(t).get(p),
                                suite.tests().get(t).asserts("latency")));
                    }
                    answers.add(column);
                }
            }
        }
        List<List<Cell>> rows = new ArrayList<>();
        for (int t = 0; t < suite.tests().size(); t++) {
            List<Cell> row = new ArrayList<>();
            for (int c = 0; c < columns.size(); c++) {
                progress.report("check", (long) t * columns.size() + c, all);
                row.add(cell(
                        suite.tests().get(t),
                        columns.get(c).provider(),
                        answers.get(c).get(t),
                        graders));
            }
            rows.add(List.copyOf(row));
        }
        return new SuiteResult(suite, List.copyOf(columns), List.copyOf(rows));
    }

    private record Answer(List<Message> messages, Optional<Answered> answer, String trouble) {}

    private Answer ask(
            String identity, Model model, PromptSuite.Provider provider, List<Message> messages, boolean timed) {
        Request request = Request.of(messages.toArray(Message[]::new)).withOptions(provider.options());
        AnswerCache kept = identity.isEmpty() ? null : cache;
        String key = AnswerCache.key(identity, request);
        // a time is measured, not remembered
        Optional<Answered> known = kept == null || timed ? Optional.empty() : kept.answer(key);
        if (known.isPresent()) {
            return new Answer(messages, known, "");
        }
        Generation generation;
        try {
            generation = model.generate(request);
        } catch (UnavailableException e) { // says nothing about the prompt
            throw e;
        } catch (LlmAdaptException | IllegalArgumentException e) {
            return new Answer(messages, Optional.empty(), String.valueOf(e.getMessage()));
        }
        if (generation.finishReason() == FinishReason.INTERRUPTED
                || Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the tests were interrupted");
        }
        Answered answer = new Answered(
                generation.text(),
                generation.finishReason(),
                generation.usage(),
                generation.timings().total().toMillis(),
                false);
        if (kept != null) {
            kept.keep(key, answer);
        }
        return new Answer(messages, Optional.of(answer), "");
    }

    private static Cell cell(Test test, PromptSuite.Provider provider, Answer asked, Graders graders) {
        if (asked.answer().isEmpty()) {
            return new Cell(asked.messages(), Optional.empty(), asked.trouble(), List.of(), 0, false);
        }
        Answered answer = asked.answer().get();
        String question = asked.messages().get(asked.messages().size() - 1).content();
        Assertion.Subject subject = new Assertion.Subject(
                answer, question, provider.prices().map(prices -> prices.of(answer.usage())), graders);
        try {
            Scored scored = scored(test.assertions(), test, subject, test.threshold());
            return new Cell(asked.messages(), asked.answer(), "", scored.checks(), scored.score(), scored.passed());
        } catch (Immeasurable e) {
            return new Cell(asked.messages(), asked.answer(), e.trouble, List.of(), 0, false);
        }
    }

    /** Assertions with the mean of their scores by weight. */
    private record Scored(List<Checked> checks, double score, boolean passed) {}

    /** An assertion that cannot be measured. */
    private static final class Immeasurable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String trouble;

        private Immeasurable(String trouble, IllegalArgumentException cause) {
            super(trouble, cause);
            this.trouble = trouble;
        }
    }

    private static Scored scored(
            List<? extends Asserted> assertions, Test test, Assertion.Subject subject, Optional<Double> threshold) {
        List<Checked> checks = new ArrayList<>();
        double weights = 0;
        double scores = 0;
        for (Asserted each : assertions) {
            Checked checked = checked(each, test, subject);
            checks.add(checked);
            weights += each.weight();
            scores += each.weight() * checked.score();
        }
        double score = weights == 0 ? 1 : scores / weights;
        boolean passed = threshold
                .map(enough -> score >= enough)
                .orElseGet(() -> checks.stream().allMatch(Checked::passed));
        return new Scored(List.copyOf(checks), score, passed);
    }

    private static Checked checked(Asserted asserted, Test test, Assertion.Subject subject) {
        boolean counts = asserted.weight() > 0;
        if (asserted instanceof AssertionSet set) {
            Scored scored = scored(set.parts(), test, subject, set.threshold());
            String reason =
                    scored.passed() ? "" : AssertionSet.reason(scored.checks(), scored.score(), set.threshold());
            return new Checked(set, scored.passed() || !counts, scored.score(), reason, scored.checks());
        }
        Assertion assertion = (Assertion) asserted;
        try {
            Verdict verdict = assertion.verdict(subject, assertion.rendered(test.variables()));
            return new Checked(
                    assertion,
                    verdict.passed() || !counts,
                    verdict.score(),
                    verdict.passed() ? "" : verdict.reason(),
                    List.of());
        } catch (IllegalArgumentException e) {
            throw new Immeasurable(assertion.name() + " cannot be measured: " + e.getMessage(), e);
        }
    }

    /**
     * A judge, whose grades are kept in a cache.
     *
     * @param model who judges, and what tells it from others
     * @param cache where grades are kept; null keeps none
     */
    public static Graders.RubricJudge judge(Tested model, @Nullable AnswerCache cache) {
        AnswerCache kept = model.identity().isEmpty() ? null : cache;
        return (rubric, question, answer) -> {
            String key = AnswerCache.key(model.identity(), rubric, question, answer);
            Optional<Double> known = kept == null ? Optional.empty() : kept.grade(key);
            if (known.isPresent()) {
                return known.get();
            }
            double grade = new Judge(model.model(), rubric).grade(new JudgedAnswer(question, "", answer));
            if (kept != null) {
                kept.keep(key, grade);
            }
            return grade;
        };
    }
}
