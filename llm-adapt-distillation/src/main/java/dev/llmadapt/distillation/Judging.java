package dev.llmadapt.distillation;

import dev.llmadapt.Decision;
import dev.llmadapt.Task;
import dev.llmadapt.distillation.DistillationReport.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The choice of one answer among those to an input, or of the reason to drop it.
 *
 * <p>Where all of them come with probabilities, their mean chooses. Otherwise the answer that agrees most with all
 * does, the first of equals: among labels, the most frequent one.
 */
final class Judging {
    private static final double ROUNDING = 1e-9;

    private final Task task;
    private final DistillationOptions options;
    private final AnswerCheck check;

    Judging(Task task, DistillationOptions options) {
        this.task = task;
        this.options = options;
        this.check = new AnswerCheck(task);
    }

    /**
     * The answer to an input.
     *
     * @param text the answer; empty if it is dropped
     * @param dropped why it is dropped; empty otherwise
     * @param decision the probabilities of the task's labels, where the teachers gave them
     */
    record Verdict(String text, Optional<Reason> dropped, Optional<Decision> decision) {
        private static Verdict drop(Reason reason) {
            return new Verdict("", Optional.of(reason), Optional.empty());
        }
    }

    /**
     * Judges the answers to an input.
     *
     * @throws IllegalArgumentException if the options need probabilities that there are none of, or samples of what is
     *     not sampled
     */
    Verdict judge(Asking.Asked asked) {
        if (asked.missing().isPresent()) {
            return Verdict.drop(asked.missing().get());
        }
        List<TeacherAnswer> answers = asked.answers();
        List<Optional<String>> texts = answers.stream()
                .map(answer -> answer.cutOff() ? Optional.<String>empty() : check.accepted(answer.text()))
                .toList();
        if (texts.stream().allMatch(Optional::isEmpty)) {
            return Verdict.drop(answers.stream().allMatch(TeacherAnswer::cutOff) ? Reason.CUT_OFF : Reason.INVALID);
        }
        Optional<Decision> decision = mean(answers);
        refuseWhatCannotBe(decision);
        String chosen =
                decision.isPresent() && answers.size() > 1 ? decision.get().label() : mostAgreed(texts);
        if (agreement(texts, chosen) < options.minAgreement() - ROUNDING) {
            return Verdict.drop(Reason.DISAGREEMENT);
        }
        if (decision.isPresent() && decision.get().probability(chosen) < options.minConfidence()) {
            return Verdict.drop(Reason.UNSURE);
        }
        return new Verdict(chosen, Optional.empty(), decision);
    }

    private void refuseWhatCannotBe(Optional<Decision> decision) {
        if ((options.minConfidence() > 0 || options.probabilities()) && decision.isEmpty()) {
            throw new IllegalArgumentException((options.probabilities()
                            ? "learning from probabilities"
                            : "minConfidence " + options.minConfidence())
                    + " needs a teacher that gives probabilities of labels, this one writes its answers; let it choose"
                    + " among labels by their scores (LabelChoice), or filter by the agreement of samples");
        }
        if (options.samples() > 1 && decision.isPresent()) {
            throw new IllegalArgumentException("samples " + options.samples()
                    + " need a teacher that writes its answers, this one chooses by probabilities and would choose the"
                    + " same each time; filter by minConfidence");
        }
    }

    /** The mean of the answers' probabilities, if all have them for all labels of the task. */
    private Optional<Decision> mean(List<TeacherAnswer> answers) {
        List<Decision> decisions = new ArrayList<>();
        for (TeacherAnswer answer : answers) {
            if (!task.labels().isEmpty()
                    && answer.decision().isPresent()
                    && answer.decision().get().labels().containsAll(task.labels())) {
                decisions.add(answer.decision().get().restrictedTo(task.labels()));
            }
        }
        if (decisions.size() < answers.size()) {
            return Optional.empty();
        }
        List<Decision.Choice> mean = new ArrayList<>();
        for (String label : task.labels()) {
            double sum = decisions.stream()
                    .mapToDouble(each -> each.probability(label))
                    .sum();
            mean.add(new Decision.Choice(label, Math.min(1, sum / decisions.size())));
        }
        return Optional.of(new Decision(mean, decisions.stream().allMatch(Decision::calibrated)));
    }

    private String mostAgreed(List<Optional<String>> texts) {
        String best = "";
        double most = Double.NEGATIVE_INFINITY;
        for (Optional<String> text : texts) {
            double agreement = text.isPresent() ? agreement(texts, text.get()) : Double.NEGATIVE_INFINITY;
            if (agreement > most) {
                most = agreement;
                best = text.get();
            }
        }
        return best;
    }

    /** The mean score of an answer against all; what is no answer agrees with nothing. */
    private double agreement(List<Optional<String>> texts, String chosen) {
        double sum = 0;
        for (Optional<String> text : texts) {
            sum += text.isEmpty() ? 0 : score(text.get(), chosen);
        }
        return sum / texts.size();
    }

    /** How right an answer is beside another: labels are equal or not, other answers by the task's metric. */
    double score(String expected, String actual) {
        if (!task.labels().isEmpty() || expected.equals(actual)) {
            return expected.equals(actual) ? 1 : 0;
        }
        return task.metric().score(expected, actual);
    }
}
