package dev.llmadapt.peft.training;

import dev.llmadapt.peft.training.TrainingCurve.Point;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A judgement of a training by its curve: whether it went well, and what to do next.
 *
 * @param finding how it went
 * @param steps the steps made
 * @param firstLoss mean loss of the first tenth of the steps
 * @param lastLoss mean loss of the last tenth
 * @param base the held-out texts before the first step; empty where none were held out
 * @param best the held-out texts after the step that was kept; empty where none were held out
 * @param last the held-out texts as they were measured last
 */
public record TrainingVerdict(
        Finding finding,
        int steps,
        double firstLoss,
        double lastLoss,
        Optional<Point> base,
        Optional<Point> best,
        Optional<Point> last) {
    /** Below this a curve says little, and an optimiser has hardly begun. */
    static final int FEW_STEPS = 40;

    /** No more of the first loss is left when texts are known by heart, in however few steps. */
    private static final double KNOWN = 0.05;

    private static final double LEARNED = 0.95; // of the first loss must not be left
    private static final double RISEN = 1.1; // over the best held-out loss
    private static final double STILL = 0.1; // of all that was gained, in the last fifth of the steps

    /** How a training went. */
    public enum Finding {
        /** The loss fell, and lately hardly. */
        CONVERGED("converged", "nothing more to gain by steps; another rank or rate is a matter for --search"),
        /** The loss was still falling in the end. */
        FALLING("still falling", "train longer: more epochs or steps"),
        /** The held-out loss rose again while that of the texts learned fell. */
        OVERFITTING("overfitting", "stop earlier (patience, fewer epochs), lower the rate, or bring more examples"),
        /** What was learned does not even answer held-out texts as well as the model without it. */
        WORSE_THAN_BASE("worse than the base", "do not use it; lower the rate, or bring more examples"),
        /** Too few steps to learn anything. */
        TOO_FEW_STEPS("too few steps", "train longer: at least " + FEW_STEPS + " steps, better twice as many"),
        /** The loss of the texts learned did not fall. */
        NOT_LEARNING("not learning", "raise the rate; see that the examples' answers follow from their prompts");

        private final String words;
        private final String next;

        Finding(String words, String next) {
            this.words = words;
            this.next = next;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** Whether what was trained is as good as its settings and data allow. */
    public boolean good() {
        return finding == Finding.CONVERGED;
    }

    /** Judges a curve. */
    static TrainingVerdict of(List<Point> points, TrainingOptions.Select select) {
        Comparator<Point> better = select == TrainingOptions.Select.METRIC ? BY_SCORE : BY_LOSS;
        List<Point> made = points.stream().filter(point -> point.step() > 0).toList();
        if (made.isEmpty()) {
            throw new IllegalStateException("the curve has no step to judge by; train first");
        }
        int tenth = Math.max(1, made.size() / 10);
        double first = mean(made.subList(0, tenth));
        double end = mean(made.subList(made.size() - tenth, made.size()));
        List<Point> measured = made.stream()
                .filter(point -> point.validationLoss().isPresent())
                .toList();
        Optional<Point> base = points.stream()
                .filter(point -> point.step() == 0 && point.validationLoss().isPresent())
                .findFirst();
        Optional<Point> best = measured.stream().max(better);
        Optional<Point> last = measured.isEmpty() ? Optional.empty() : Optional.of(measured.get(measured.size() - 1));
        int steps = made.get(made.size() - 1).step();
        Finding finding;
        if (base.isPresent() && best.isPresent() && better.compare(best.get(), base.get()) <= 0) {
            finding = Finding.WORSE_THAN_BASE;
        } else if (steps < FEW_STEPS && !(end < KNOWN * first)) {
            finding = Finding.TOO_FEW_STEPS;
        } else if (!(end < LEARNED * first)) {
            finding = Finding.NOT_LEARNING;
        } else if (best.isPresent() && overfits(best.get(), last.orElseThrow())) {
            finding = Finding.OVERFITTING;
        } else if (best.isPresent() ? falls(base, measured, steps) : falls(made, first, end)) {
            finding = Finding.FALLING;
        } else {
            finding = Finding.CONVERGED;
        }
        return new TrainingVerdict(finding, steps, first, end, base, best, last);
    }

    /** The higher the better. */
    private static final Comparator<Point> BY_LOSS = Comparator.<Point>comparingDouble(
                    point -> point.validationLoss().orElse(Double.NaN))
            .reversed();

    private static final Comparator<Point> BY_SCORE = Comparator.<Point>comparingDouble(
                    point -> point.validationScore().orElse(0))
            .thenComparing(BY_LOSS);

    private static boolean overfits(Point best, Point last) {
        return last.validationLoss().orElseThrow()
                        > RISEN * best.validationLoss().orElseThrow()
                && last.validationScore().orElse(0) <= best.validationScore().orElse(0)
                && last.step() > best.step();
    }

    /** Whether the last fifth of the steps still took much off the held-out loss. */
    private static boolean falls(Optional<Point> base, List<Point> measured, int steps) {
        Optional<Point> before = measured.stream()
                .filter(point -> point.step() <= 0.8 * steps)
                .reduce((a, b) -> b)
                .or(() -> base);
        double end = measured.get(measured.size() - 1).validationLoss().orElseThrow();
        double first = base.orElse(measured.get(0)).validationLoss().orElseThrow();
        return before.isPresent() && before.get().validationLoss().orElseThrow() - end > STILL * (first - end);
    }

    /** Whether the last fifth of the steps still took much off the loss of the texts learned. */
    private static boolean falls(List<Point> made, double first, double end) {
        int fifth = Math.max(1, made.size() / 5);
        double before = mean(made.subList(Math.max(0, made.size() - 2 * fifth), made.size() - fifth));
        double after = mean(made.subList(made.size() - fifth, made.size()));
        return before - after > STILL * (first - end);
    }

    private static double mean(List<Point> points) {
        return points.stream().mapToDouble(Point::loss).average().orElse(Double.NaN);
    }

    /** Says how the training went, with its numbers, in one line. */
    public String summary() {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%s: loss %.3f to %.3f in %d steps", finding, firstLoss, lastLoss, steps));
        if (best.isEmpty()) {
            return text.append("; nothing was held out, so nothing says how it answers new texts")
                    .toString();
        }
        Point kept = best.get();
        text.append("; held-out loss ");
        base.ifPresent(point -> text.append(number(point.validationLoss())).append(" to "));
        text.append(number(kept.validationLoss()));
        if (kept.validationScore().isPresent()) {
            text.append(", score ");
            base.ifPresent(point -> text.append(number(point.validationScore())).append(" to "));
            text.append(number(kept.validationScore()));
        }
        text.append(" after step ").append(kept.step()).append(", which was kept");
        last.filter(point -> point.step() > kept.step())
                .ifPresent(point ->
                        text.append("; ").append(number(point.validationLoss())).append(" in the end"));
        return text.toString();
    }

    /** Says what to do next, in one line. */
    public String next() {
        if (finding == Finding.WORSE_THAN_BASE && steps < FEW_STEPS) {
            return "do not use it; " + Finding.TOO_FEW_STEPS.next;
        }
        if (finding == Finding.WORSE_THAN_BASE && !(lastLoss < LEARNED * firstLoss)) {
            return "do not use it; the texts themselves were not learned: try another rate, a tenth or ten times it";
        }
        if (finding == Finding.CONVERGED && best.isEmpty()) {
            return "hold some examples back (--validation 0.1), or measure on others, before you use it";
        }
        return finding.next;
    }

    private static String number(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.3f", value.getAsDouble()) : "?";
    }
}
