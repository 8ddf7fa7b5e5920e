package dev.llmadapt.distillation;

import dev.llmadapt.Decision;
import dev.llmadapt.DecisionLearner;
import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A strategy that teaches another one: a teacher, any model, answers inputs that have no answer, and the student, any
 * strategy, adapts to the task with those answers as further examples. It is worth the teacher's calls where the
 * teacher is better than the student and too large, slow or dear to serve.
 *
 * <p>A teacher is asked by {@link Task#request}, so that its answers are labels or JSON where the task's are; it should
 * be adapted to the task, since it is told nothing but the input. What is no answer of the task, and what the
 * {@linkplain DistillationOptions options} filter out, is dropped and counted in the {@link DistillationReport}. Inputs
 * of one text are asked once.
 *
 * <p>With a {@linkplain #withAnswerFile file of answers} nothing is asked twice, in this run or a later one.
 */
public final class Distillation implements Strategy {
    /** The student of a distillation that only labels. */
    private record Elsewhere() implements DecisionLearner {
        @Override
        public String name() {
            return "elsewhere";
        }

        @Override
        public Model adapt(Model model, Task task, Progress progress) {
            return adapt(model, task, List.of(), progress);
        }

        @Override
        public Model adapt(Model model, Task task, List<Decision> decisions, Progress progress) {
            throw new IllegalStateException("this distillation has no student; call label, or make one with a student");
        }
    }

    /** The file of answers, and the name of the teacher in it. */
    private record Answers(Path file, String teacher) {
        Answers {
            Objects.requireNonNull(file, "file must not be null");
            Objects.requireNonNull(teacher, "teacher must not be null");
        }
    }

    private final List<Model> teachers;
    private final Strategy student;
    private final List<String> inputs;
    private final DistillationOptions options;
    private final Set<String> heldOut;
    private final Optional<Answers> answers;
    private final Consumer<DistillationReport> listener;

    private Distillation(
            List<Model> teachers,
            Strategy student,
            List<String> inputs,
            DistillationOptions options,
            Set<String> heldOut,
            Optional<Answers> answers,
            Consumer<DistillationReport> listener) {
        this.teachers = teachers;
        this.student = student;
        this.inputs = inputs;
        this.options = options;
        this.heldOut = heldOut;
        this.answers = answers;
        this.listener = listener;
    }

    /**
     * A distillation with the default options.
     *
     * @param teacher the model that answers, adapted to the task; stays the caller's and must outlive the asking
     * @param student the strategy that learns
     * @param inputs the inputs to answer, at least one
     * @throws IllegalArgumentException if there are no inputs
     */
    public static Distillation of(Model teacher, Strategy student, List<String> inputs) {
        List<String> copy = List.copyOf(Objects.requireNonNull(inputs, "inputs must not be null"));
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("a distillation needs inputs for the teacher to answer, got none");
        }
        return new Distillation(
                List.of(Objects.requireNonNull(teacher, "teacher must not be null")),
                Objects.requireNonNull(student, "student must not be null"),
                copy,
                DistillationOptions.defaults(),
                Set.of(),
                Optional.empty(),
                report -> {});
    }

    /**
     * A distillation without a student, for {@link #label} alone: its result is learned elsewhere.
     *
     * @param teacher as of {@link #of}
     * @param inputs as of {@link #of}
     * @throws IllegalArgumentException if there are no inputs
     */
    public static Distillation labelling(Model teacher, List<String> inputs) {
        return of(teacher, new Elsewhere(), inputs);
    }

    /**
     * This distillation with other options.
     *
     * @throws IllegalArgumentException if they ask for probabilities, and the student cannot learn them
     */
    public Distillation withOptions(DistillationOptions options) {
        Objects.requireNonNull(options, "options must not be null");
        if (options.probabilities() && !(student instanceof DecisionLearner)) {
            throw new IllegalArgumentException("the student '" + student.name()
                    + "' learns answers, not probabilities; a DecisionLearner such as a linear head does");
        }
        return new Distillation(teachers, student, inputs, options, heldOut, answers, listener);
    }

    /**
     * This distillation with a further teacher, who is asked all inputs too. An answer is kept if as many of them agree
     * as the options say, all unless they say otherwise; the probabilities that they give are averaged.
     *
     * @param teacher stays the caller's
     */
    public Distillation withFurtherTeacher(Model teacher) {
        List<Model> more = new ArrayList<>(teachers);
        more.add(Objects.requireNonNull(teacher, "teacher must not be null"));
        return new Distillation(List.copyOf(more), student, inputs, options, heldOut, answers, listener);
    }

    /** This distillation without inputs of these texts, such as those of test examples. */
    public Distillation withHeldOut(Collection<String> texts) {
        Set<String> stripped = texts.stream().map(String::strip).collect(Collectors.toUnmodifiableSet());
        return new Distillation(teachers, student, inputs, options, stripped, answers, listener);
    }

    /**
     * This distillation with a file that keeps the teachers' answers, as JSON a line. It is read if it is there, so
     * that no question is asked twice, and written after each batch, by one process at a time. A question is the name
     * given here, the model's description, and the prompt that the base model sees: instruction, examples, labels and
     * options.
     *
     * @param teacher a name for the teacher, or all of them. What answers otherwise to the same prompts needs another
     *     one: other weights, another adapter, another choice of label
     */
    public Distillation withAnswerFile(Path file, String teacher) {
        return new Distillation(
                teachers, student, inputs, options, heldOut, Optional.of(new Answers(file, teacher)), listener);
    }

    /** This distillation with a listener for the report, called before the student learns. */
    public Distillation withListener(Consumer<DistillationReport> listener) {
        Objects.requireNonNull(listener, "listener must not be null");
        return new Distillation(teachers, student, inputs, options, heldOut, answers, listener);
    }

    @Override
    public String name() {
        return "distil(" + student.name() + ")";
    }

    /**
     * Asks the teachers, and lets the student adapt a model to the task with their answers.
     *
     * @param progress hears of {@code ask}, in inputs, and of what the student tells
     * @throws LlmAdaptException if the teachers fail too often, or nothing is left to learn
     * @throws java.util.concurrent.CancellationException as {@link #label} does
     */
    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        Distilled distilled = label(task, progress);
        listener.accept(distilled.report());
        if (distilled.task().examples().isEmpty()) {
            throw new LlmAdaptException("the teacher left nothing to learn: "
                    + distilled.report().text().strip());
        }
        return options.probabilities() && student instanceof DecisionLearner learner
                ? learner.adapt(model, distilled.task(), distilled.decisions(), progress)
                : student.adapt(model, distilled.task(), progress);
    }

    /**
     * Asks the teachers only.
     *
     * @param progress hears of {@code ask}, in inputs
     * @return the task with the answers as examples, and the report
     * @throws IllegalArgumentException if the options need probabilities that a teacher does not give, or samples of
     *     one that does not sample
     * @throws LlmAdaptException if the teachers fail more often than the options bear, or the file of answers cannot be
     *     used
     * @throws java.util.concurrent.CancellationException if the calling thread is interrupted; its interrupt status
     *     stays set, and the file has the answers so far
     */
    public Distilled label(Task task, Progress progress) {
        if (answers.isEmpty()) {
            return label(task, progress, Optional.empty());
        }
        try (AnswerFile file =
                AnswerFile.open(answers.get().file(), answers.get().teacher())) {
            return label(task, progress, Optional.of(file));
        }
    }

    private Distilled label(Task task, Progress progress, Optional<AnswerFile> file) {
        return new Labelling(task, options, heldOut, new Asking(teachers, task, options, file)).run(inputs, progress);
    }
}
