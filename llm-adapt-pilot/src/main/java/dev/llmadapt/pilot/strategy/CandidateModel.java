package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model that candidates bring along, so that a pilot compares models: a candidate is a strategy on a model.
 *
 * <pre>{@code
 * List<CandidateModel> models = List.of(
 *         CandidateModel.of("small", smallHash, small), CandidateModel.of("large", largeHash, large));
 * Pilot.of(split).candidates(CandidateModel.candidates(strategies, models)).run(small);
 * }</pre>
 *
 * <p>Any {@link Model} will do, a remote one too; what needs a model in this process is ruled out on others. Models of
 * this machine are best opened by a {@link ModelPool}, which keeps them from filling the memory.
 *
 * @param name stands after {@code @} in the names of candidates: {@code few-shot @ small}
 * @param content tells the model from another of this name, so that a journal is not taken for its: a hash of its files
 *     and whatever else changes its answers; empty if nothing does
 * @param weightBytes the memory that its weights take in this process, about the size of its files; 0 for a model
 *     elsewhere
 * @param model the model, which stays open
 */
public record CandidateModel(String name, String content, long weightBytes, Model model) {
    /** Refuses names that cannot stand in a candidate's. */
    public CandidateModel {
        if (!CandidateName.isModel(name)) {
            throw new IllegalArgumentException(
                    "the name of a model must be made of letters, digits and any of . _ : -," + " got '" + name + "'");
        }
        if (weightBytes < 0) {
            throw new IllegalArgumentException("weightBytes must not be negative, weightBytes: " + weightBytes);
        }
    }

    /** A model of which it is not known how much memory it takes here. */
    public static CandidateModel of(String name, String content, Model model) {
        return new CandidateModel(name, content, 0, model);
    }

    /**
     * Each strategy on each model; strategies that use no language model, once.
     *
     * @throws IllegalArgumentException if two models have one name
     */
    public static List<Strategy> candidates(List<? extends Strategy> strategies, List<CandidateModel> models) {
        if (models.stream().map(CandidateModel::name).distinct().count() < models.size()) {
            throw new IllegalArgumentException("the names of models must differ, got "
                    + models.stream().map(CandidateModel::name).toList());
        }
        List<Strategy> all = new ArrayList<>();
        for (Strategy strategy : strategies) {
            Candidate candidate = Candidate.of(strategy);
            if (candidate.traits().modelUse() == Candidate.ModelUse.NONE) {
                all.add(strategy);
                continue;
            }
            for (CandidateModel model : models) {
                all.add(new OnModel(candidate, model));
            }
        }
        return List.copyOf(all);
    }

    /** The reason why it does not fit into memory; empty if it does. */
    Optional<String> unfit(long memoryBytes) {
        return weightBytes == 0 ? Optional.empty() : ModelFit.here(weightBytes).reason(name, memoryBytes);
    }
}
