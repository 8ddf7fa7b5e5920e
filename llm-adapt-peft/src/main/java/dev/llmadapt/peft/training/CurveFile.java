package dev.llmadapt.peft.training;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** The curve of a run as CSV, a line a step; a run that goes on takes its lines up to there and writes on. */
final class CurveFile {
    static final String FILE = "curve.csv";
    private static final String HEADER =
            "step,epoch,learning_rate,loss,gradient_norm,tokens_per_second,validation_loss,validation_score";
    private static final String REWARDS = ",rewards_chosen,rewards_rejected,rewards_accuracies,rewards_margins,kl"
            + ",validation_rewards_accuracies,validation_rewards_margins";

    private static final Set<Integer> WIDTHS = Set.of(HEADER.split(",").length, (HEADER + REWARDS).split(",").length);

    private final Path file;
    private final boolean rewards;

    /**
     * Begins after a number of steps.
     *
     * @param rewards whether answers are compared, and the steps have rewards
     */
    CurveFile(Path folder, int steps, boolean rewards) {
        this.file = folder.resolve(FILE);
        this.rewards = rewards;
        List<String> lines = new ArrayList<>();
        lines.add(rewards ? HEADER + REWARDS : HEADER);
        try {
            if (steps > 0 && Files.exists(file)) {
                Files.readAllLines(file).stream()
                        .skip(1)
                        .filter(line -> step(line) <= steps)
                        .forEach(lines::add);
            }
            Files.write(file, lines);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    void add(TrainingEvent event) {
        String line = event.step() + "," + event.epoch() + "," + event.learningRate() + "," + event.loss() + ","
                + event.gradientNorm() + "," + Math.round(event.tokensPerSecond()) + ","
                + number(event.validationLoss()) + "," + number(event.validationScore())
                + (rewards ? rewards(event.rewards(), event.validationRewards()) : "") + "\n";
        try (FileOutputStream out =
                new FileOutputStream(file.toFile(), true)) { // no channel: those close on interrupts
            out.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** The step of a line; a line that was cut short by a kill counts as one that is still to come. */
    private static int step(String line) {
        String number = line.substring(0, Math.max(0, line.indexOf(',')));
        return number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : Integer.MAX_VALUE;
    }

    /**
     * The point of a line.
     *
     * @throws IllegalArgumentException if it is none
     */
    static TrainingCurve.Point point(String line) {
        String[] fields = line.split(",", -1);
        if (!WIDTHS.contains(fields.length) || step(line) == Integer.MAX_VALUE) {
            throw new IllegalArgumentException("expected the fields " + HEADER + ", got '" + line + "'");
        }
        return new TrainingCurve.Point(
                step(line), Double.parseDouble(fields[3]), optional(fields[6]), optional(fields[7]));
    }

    private static OptionalDouble optional(String field) {
        return field.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(field));
    }

    private static String rewards(Optional<Rewards> step, Optional<Rewards> validation) {
        return ","
                + step.map(found -> found.chosen() + "," + found.rejected() + "," + number(found.accuracy()) + ","
                                + found.margin() + "," + number(found.divergence()))
                        .orElse(",,,,")
                + ","
                + validation
                        .map(held -> number(held.accuracy()) + "," + held.margin())
                        .orElse(",");
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? Double.toString(value.getAsDouble()) : "";
    }

    private TrainingException cannotWrite(IOException e) {
        return new TrainingException("cannot write " + file + ": " + e.getMessage(), e);
    }
}
