package dev.llmadapt.pilot;

import dev.llmadapt.Model;
import dev.llmadapt.Scoring;
import dev.llmadapt.Task;
import dev.llmadapt.local.LocalModel;
import dev.llmadapt.pilot.recommendation.Needs;
import dev.llmadapt.pilot.strategy.Candidate;
import dev.llmadapt.pilot.strategy.Candidate.ModelUse;
import dev.llmadapt.pilot.strategy.Candidate.Need;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.StrategyCatalog;
import dev.llmadapt.pilot.task.TaskSplit;
import java.util.List;

/**
 * The reasons for which candidates take no part. No model is opened to find that one cannot be used.
 *
 * @param model the model of the candidates that have none of their own
 */
record Admission(TaskSplit split, Needs needs, Model model) {
    /** Whether a candidate that takes part needs the model. */
    boolean needModel(List<Candidate> candidates) {
        return candidates.stream()
                .anyMatch(candidate -> candidate.ownModel().isEmpty()
                        && candidate.traits().modelUse() != ModelUse.NONE
                        && missing(candidate.traits()).isEmpty());
    }

    /** The reason why data or model rule a candidate out; empty if they do not. */
    String unable(Candidate candidate) {
        Candidate.Traits traits = candidate.traits();
        String missing = missing(traits);
        if (missing.isEmpty() && lacksScores(candidate)) {
            return "it compares the probabilities of labels, which "
                    + model.info().name() + " does not tell; write '/letters-constrained' or '/constrained' behind it";
        }
        if (!missing.isEmpty()
                || !traits.needs().contains(Need.LOCAL_MODEL)
                || candidate.unfit(needs.memoryBytes()).isPresent()) {
            return missing;
        }
        Model used = candidate.ownModel().orElse(model);
        return used.unwrap(LocalModel.class).isEmpty()
                ? "it needs a model in this process, " + used.info().name() + " is none"
                : "";
    }

    /** Whether the scores of labels are asked of a model without; models that candidates bring refuse by themselves. */
    private boolean lacksScores(Candidate candidate) {
        return candidate.ownModel().isEmpty()
                && candidate.traits().needs().contains(Need.SCORES)
                && !split.task().labels().isEmpty()
                && model.info().scoring() == Scoring.NONE;
    }

    /** The reason why the needs rule a candidate out; empty if they do not. */
    String unwanted(Candidate candidate) {
        Candidate.Traits traits = candidate.traits();
        String unfit = candidate.unfit(needs.memoryBytes()).orElse("");
        if (!unfit.isEmpty()) {
            return unfit;
        }
        if (traits.trains() && needs.trainingBudget().isZero()) {
            return "the needs leave nothing for training"
                    + (traits.training() == Training.QUICK ? "; it learns within seconds" : "");
        }
        if (!needs.dataMayLeave()
                && traits.modelUse() != ModelUse.NONE
                && needs.prices().hosted()
                && candidate.ownModel().orElse(model).unwrap(LocalModel.class).isEmpty()) {
            return "the needs let no data leave, and the model is hosted";
        }
        return "";
    }

    /** The reason why the data rule a candidate out; empty if they do not. */
    private String missing(Candidate.Traits traits) {
        Task task = split.task();
        if (traits.retrieves() && task.corpus().isEmpty()) {
            return "the task has no corpus to retrieve from";
        }
        if (traits.needs().contains(Need.LABELS) && task.labels().isEmpty()) {
            return "it chooses among labels, the task has none";
        }
        if (traits.needs().contains(Need.FREE_TEXT) && !StrategyCatalog.writesFreeText(task)) {
            return "it answers in free text, the task's answers are "
                    + (task.labels().isEmpty() ? "JSON" : "labels");
        }
        if (traits.needs().contains(Need.SCHEMA) && task.schema().isEmpty()) {
            return "it finds the fields of a schema, the task's answers are "
                    + (task.labels().isEmpty() ? "free text" : "labels");
        }
        if (traits.needs().contains(Need.UNLABELLED_TEXTS) && split.unlabelled().isEmpty()) {
            return "it learns from a teacher's answers to unlabelled texts, none are given (--unlabelled FILE)";
        }
        if (task.examples().size() < traits.shots()) {
            return "needs " + traits.shots() + " examples, the task has "
                    + task.examples().size();
        }
        return "";
    }
}
