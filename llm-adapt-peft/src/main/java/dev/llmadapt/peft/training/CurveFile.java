package dev.llmadapt.peft.training;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The curve of a run as CSV, a line a step; a run that goes on takes its lines up to there and writes on. */
final class CurveFile {
    static final String FILE = "curve.csv";
    private static final String HEADER =
            "step,epoch,learning_rate,loss,gradient_norm,tokens_per_second,validation_loss,validation_score";

    private final Path file;

    /** Begins after a number of steps. */
    CurveFile(Path folder, int steps) {
        this.file = folder.resolve(FILE);
        List<String> lines = new ArrayList<>();
        lines.add(HEADER);
        try {
            if (steps > 0 && Files.exists(file)) {
                List<String> before = Files.readAllLines(file);
                lines.addAll(before.subList(1, Math.min(before.size(), steps + 1)));
            }
            Files.write(file, lines);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    void add(TrainingEvent event) {
        String line = event.step() + "," + event.epoch() + "," + event.learningRate() + "," + event.loss() + ","
                + event.gradientNorm() + "," + Math.round(event.tokensPerSecond()) + ","
                + number(event.validationLoss()) + "," + number(event.validationScore()) + "\n";
        try (FileOutputStream out =
                new FileOutputStream(file.toFile(), true)) { // no channel: those close on interrupts
            out.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? Double.toString(value.getAsDouble()) : "";
    }

    private TrainingException cannotWrite(IOException e) {
        return new TrainingException("cannot write " + file + ": " + e.getMessage(), e);
    }
}
