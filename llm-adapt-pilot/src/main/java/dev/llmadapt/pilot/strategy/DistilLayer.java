package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Progress;
import dev.llmadapt.Strategy;
import dev.llmadapt.Task;
import java.util.function.UnaryOperator;

/**
 * A student whose layer that trains learns from a teacher's answers to unlabelled texts, beside the task's examples.
 * The other layers of the student know the task alone, so that they are the same when what was trained is opened again.
 *
 * @param teaching teacher and student
 * @param seed of both
 * @param unlabelled the texts
 * @param keeping replaces the layer of the student that trains
 */
record DistilLayer(Teaching teaching, long seed, UnlabelledTexts unlabelled, UnaryOperator<TrainedLayer> keeping)
        implements Strategy {
    /** A layer that has no texts yet and keeps nothing. */
    static DistilLayer of(String argument, long seed) {
        return new DistilLayer(Teaching.of(argument), seed, UnlabelledTexts.none(), kept -> kept);
    }

    DistilLayer with(UnlabelledTexts texts, UnaryOperator<TrainedLayer> kept) {
        return new DistilLayer(teaching, seed, texts, kept);
    }

    @Override
    public String name() {
        return Teaching.NAME;
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        Candidate teacher = StrategyCatalog.candidate(teaching.teacher(), seed).withUnlabelled(unlabelled);
        return StrategyCatalog.build(
                        teaching.student(),
                        seed,
                        unlabelled,
                        trained -> keeping.apply(trained.learningBy(student -> new TaughtLearning(
                                student,
                                teacher,
                                model,
                                unlabelled,
                                seed,
                                teaching.hasProbabilities(task) && student.learnsProbabilities()))))
                .adapt(model, task, progress);
    }
}
