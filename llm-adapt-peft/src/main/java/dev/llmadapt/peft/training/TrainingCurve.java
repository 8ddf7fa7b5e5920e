package dev.llmadapt.peft.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * The course of one training: as the listener of a tuning it keeps what it hears, and {@link #read} takes it from the
 * folder of a training, with what was learned before a stop. For one thread at a time.
 */
public final class TrainingCurve implements Consumer<TrainingEvent> {
    private final List<Point> points = new ArrayList<>();

    /**
     * A point of the curve.
     *
     * @param step the number of steps made; 0 for the held-out texts before the first
     * @param loss mean loss of the tokens learned in the step; NaN for step 0
     * @param validationLoss of the held-out texts after the step, where it was measured
     * @param validationScore of the task's metric on them, where it was measured
     */
    public record Point(int step, double loss, OptionalDouble validationLoss, OptionalDouble validationScore) {}

    /** Begins with nothing. */
    public TrainingCurve() {}

    /**
     * Reads the curve of a training from the folder named in {@link TrainingOptions.Files#outputDir}.
     *
     * @throws TrainingException if there is none, or it cannot be read
     */
    public static TrainingCurve read(Path folder) {
        Path file = folder.resolve(CurveFile.FILE);
        TrainingCurve curve = new TrainingCurve();
        try {
            List<String> lines = Files.readAllLines(file);
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                curve.points.add(CurveFile.point(line));
            }
            return curve;
        } catch (IOException e) {
            throw new TrainingException("cannot read the curve of a training, " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new TrainingException(
                    file + " is damaged in line " + (curve.points.size() + 2) + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void accept(TrainingEvent event) {
        points.add(new Point(event.step(), event.loss(), event.validationLoss(), event.validationScore()));
    }

    /** The points so far, in the order of their steps. */
    public List<Point> points() {
        return List.copyOf(points);
    }

    /**
     * Judges the training.
     *
     * @param select the measurement by which the best step was chosen
     * @throws IllegalStateException if no step was made
     */
    public TrainingVerdict verdict(TrainingOptions.Select select) {
        return TrainingVerdict.of(points, select);
    }
}
