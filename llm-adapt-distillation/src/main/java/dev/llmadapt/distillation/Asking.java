package dev.llmadapt.distillation;

import dev.llmadapt.FinishReason;
import dev.llmadapt.Generation;
import dev.llmadapt.GenerationOptions;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Request;
import dev.llmadapt.Task;
import dev.llmadapt.UnavailableException;
import dev.llmadapt.distillation.DistillationReport.Cost;
import dev.llmadapt.distillation.DistillationReport.Reason;
import dev.llmadapt.text.BrokenRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * The questions to the teachers, in batches. What the file of answers has is not asked again, and what is answered is
 * in the file before the next batch.
 */
final class Asking {
    private static final int MAX_ERRORS_TOLD = 10;

    private final List<Model> teachers;
    private final Task task;
    private final DistillationOptions options;
    private final Optional<AnswerFile> file;
    private final List<String> errors = new ArrayList<>();
    private int failures;
    private Cost spent = Cost.NONE;
    private Cost reused = Cost.NONE;

    Asking(List<Model> teachers, Task task, DistillationOptions options, Optional<AnswerFile> file) {
        this.teachers = teachers;
        this.task = task;
        this.options = options;
        this.file = file;
    }

    /**
     * The answers to an input.
     *
     * @param answers those of all samples of all teachers, the first teacher's first; only some where one is missing
     * @param missing why one is missing; empty otherwise
     */
    record Asked(List<TeacherAnswer> answers, Optional<Reason> missing) {}

    /**
     * Asks a batch of inputs.
     *
     * @return one per input, in their order
     * @throws LlmAdaptException if there were more errors than the options bear
     * @throws CancellationException if the thread is interrupted
     */
    List<Asked> ask(List<String> inputs) {
        List<List<TeacherAnswer>> answers = new ArrayList<>();
        List<Optional<Reason>> missing = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            answers.add(new ArrayList<>());
            missing.add(Optional.empty());
        }
        boolean overBudget = spent.tokens() >= options.maxTokens(); // a batch is not left half asked
        for (int place = 0; place < teachers.size(); place++) {
            List<Question> questions = questions(place, inputs, missing);
            List<Question> open = questions.stream()
                    .filter(question -> question.answer.isEmpty() && question.missing.isEmpty())
                    .toList();
            if (overBudget) {
                open.forEach(question -> question.missing = Optional.of(Reason.OVER_BUDGET));
            } else if (!open.isEmpty()) {
                answer(teachers.get(place), open);
            }
            for (Question question : questions) {
                question.answer.ifPresent(answers.get(question.row)::add);
                question.missing.ifPresent(reason -> missing.set(question.row, question.missing));
            }
        }
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            asked.add(new Asked(List.copyOf(answers.get(i)), missing.get(i)));
        }
        return asked;
    }

    /** A question to one teacher, and what came of it. */
    private static final class Question {
        final int row;
        final String input;
        final Request request;
        String key = "";
        Optional<TeacherAnswer> answer = Optional.empty();
        Optional<Reason> missing = Optional.empty();

        Question(int row, String input, Request request) {
            this.row = row;
            this.input = input;
            this.request = request;
        }
    }

    /** The questions to a teacher about the inputs that no teacher before it failed at. */
    private List<Question> questions(int place, List<String> inputs, List<Optional<Reason>> missing) {
        List<Question> questions = new ArrayList<>();
        for (int row = 0; row < inputs.size(); row++) {
            for (int sample = 0; sample < options.samples() && missing.get(row).isEmpty(); sample++) {
                Question question = new Question(row, inputs.get(row), request(inputs.get(row), sample));
                questions.add(question);
                look(place, question);
            }
        }
        return questions;
    }

    private Request request(String input, int sample) {
        Request request = task.request(input);
        GenerationOptions asked = request.options();
        return options.samples() == 1
                ? request
                : request.withOptions(
                        asked.withTemperature(options.temperature()).withSeed(options.seed() + sample));
    }

    /** Looks whether the file has the answer. */
    private void look(int place, Question question) {
        if (file.isPresent()) {
            try {
                question.key = file.get().key(teachers.get(place), place, question.request);
                question.answer = file.get().find(question.key);
                question.answer.ifPresent(known -> reused = reused.plus(known.cost()));
            } catch (LlmAdaptException | IllegalArgumentException e) {
                fail(question, e); // the teacher refuses the request
            }
        }
    }

    private void answer(Model teacher, List<Question> open) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
        long start = System.nanoTime();
        List<Generation> generations;
        try {
            generations = teacher.generate(
                    open.stream().map(question -> question.request).toList());
        } catch (UnavailableException e) { // not the questions' fault; what is answered is in the file
            throw e;
        } catch (LlmAdaptException | IllegalArgumentException e) {
            if (open.size() == 1) {
                fail(open.get(0), e);
            } else {
                open.forEach(question -> answer(teacher, List.of(question))); // some of them can be answered
            }
            return;
        }
        if (generations.size() != open.size()) {
            throw new LlmAdaptException("the teacher '" + teacher.info().name() + "' gave " + generations.size()
                    + " answers to " + open.size() + " questions");
        }
        Duration time = Duration.ofNanos((System.nanoTime() - start) / open.size());
        List<AnswerJson.Entry> entries = new ArrayList<>();
        boolean interrupted = false;
        for (int i = 0; i < open.size(); i++) {
            Question question = open.get(i);
            if (generations.get(i).finishReason() == FinishReason.INTERRUPTED) {
                interrupted = true;
                continue;
            }
            TeacherAnswer answer = TeacherAnswer.of(generations.get(i), time);
            question.answer = Optional.of(answer);
            spent = spent.plus(answer.cost());
            entries.add(new AnswerJson.Entry(question.key, question.input, answer));
        }
        if (!entries.isEmpty()) {
            file.ifPresent(known -> known.add(entries));
        }
        if (interrupted) {
            throw new CancellationException("interrupted");
        }
    }

    private void fail(Question question, RuntimeException trouble) {
        question.missing = Optional.of(Reason.ERROR);
        failures++;
        if (errors.size() < MAX_ERRORS_TOLD) {
            errors.add("'" + BrokenRecord.brief(question.input) + "': " + trouble.getMessage());
        }
        if (failures > options.maxErrors()) {
            throw new LlmAdaptException(
                    "the teacher failed at " + failures + " questions, " + options.maxErrors()
                            + " are borne (maxErrors); the first: " + errors.get(0),
                    trouble);
        }
    }

    Cost spent() {
        return spent;
    }

    Cost reused() {
        return reused;
    }

    /** The first errors, with the inputs. */
    List<String> errors() {
        return List.copyOf(errors);
    }
}
