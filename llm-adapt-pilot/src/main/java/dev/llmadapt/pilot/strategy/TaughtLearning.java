package dev.llmadapt.pilot.strategy;

import dev.llmadapt.LlmAdaptException;
import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import dev.llmadapt.distillation.Distillation;
import dev.llmadapt.distillation.DistillationOptions;
import dev.llmadapt.distillation.Distilled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The learning of a student from a teacher: the teacher is adapted to the task, answers the unlabelled texts, and is
 * closed before the student learns. Beside what the student writes stands the account of what the teacher was asked.
 *
 * @param student what learns
 * @param teacher what answers
 * @param base the model that the teacher adapts
 * @param unlabelled the texts
 * @param seed of the teacher's samples
 * @param probabilities whether the student learns the teacher's probabilities in place of its labels
 */
record TaughtLearning(
        Learning student, Candidate teacher, Model base, UnlabelledTexts unlabelled, long seed, boolean probabilities)
        implements Learning {
    @Override
    public String name() {
        return student.name();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        Distilled distilled = ask(teacher, task, progress, asking -> asking);
        return student.from(distilled.decisions()).adapt(model, distilled.task(), progress);
    }

    @Override
    public void learn(Model model, Task task, Path target, Path snapshots, Progress progress) {
        Strategy answering = teacher.traits().trains() ? teacher.keeping(snapshots.resolve("teacher")) : teacher;
        Path answers = snapshots.resolve("answers.jsonl");
        Distilled distilled = ask(answering, task, progress, asking -> asking.withAnswerFile(answers, teacher.name()));
        student.from(distilled.decisions())
                .learn(model, distilled.task(), target, snapshots.resolve("student"), progress);
        Path report = target.resolve(TrainedFolder.TEACHER_REPORT);
        try {
            Files.writeString(report, distilled.report().json());
        } catch (IOException e) {
            throw new LlmAdaptException(report + " cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public Model open(Model model, Path folder) {
        return student.open(model, folder);
    }

    private void requireTexts() {
        if (unlabelled.texts().isEmpty()) {
            throw new LlmAdaptException(
                    "'" + Teaching.NAME + "' learns from a teacher's answers to unlabelled texts, got"
                            + " none; give some with --unlabelled FILE, or with TaskSplit.withUnlabelled");
        }
    }

    private Distilled ask(Strategy answering, Task task, Progress progress, UnaryOperator<Distillation> keeping) {
        requireTexts();
        try (Model teaching = answering.adapt(base, task, progress)) {
            Distilled distilled = keeping.apply(Distillation.labelling(teaching, unlabelled.texts())
                            .withOptions(DistillationOptions.defaults()
                                    .withSeed(seed)
                                    .withProbabilities(probabilities))
                            .withHeldOut(unlabelled.heldOut()))
                    .label(task, progress);
            if (distilled.task().examples().isEmpty()) {
                throw new LlmAdaptException("the teacher left nothing to learn: "
                        + distilled.report().text().strip());
            }
            return distilled;
        }
    }
}
