package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Task;
import dev.llmadapt.pilot.strategy.Candidate.ModelUse;
import dev.llmadapt.pilot.strategy.Candidate.Need;
import dev.llmadapt.pilot.strategy.Candidate.Training;
import dev.llmadapt.pilot.strategy.Candidate.Traits;
import dev.llmadapt.pilot.strategy.StrategySyntax.Layer;
import dev.llmadapt.pilot.strategy.StrategySyntax.Written;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A teacher and its student, as they are written in the parentheses of {@code distil}.
 *
 * @param teacher any strategy
 * @param student a strategy with a layer that trains
 */
record Teaching(Written teacher, Written student) {
    static final String NAME = "distil";
    static final String SIGN = "TEACHER>STUDENT";
    static final String OTHERWISE = "embeddings>words";

    /**
     * Reads a layer.
     *
     * @throws IllegalArgumentException if it is no teacher and student, one is unknown, or the student does not train
     */
    static Teaching of(Layer layer) {
        return of(StrategyTable.row(layer.name()).argument().read(layer).text());
    }

    /** Reads the argument of a layer. */
    static Teaching of(String argument) {
        List<Written> both = StrategySyntax.pair(argument);
        Teaching teaching = new Teaching(both.get(0), both.get(1));
        teaching.check();
        return teaching;
    }

    private void check() {
        StrategyCatalog.build(teacher, 0, UnlabelledTexts.none(), kept -> kept);
        StrategyCatalog.build(student, 0, UnlabelledTexts.none(), kept -> kept);
        boolean trains = student.layers().stream()
                .map(layer -> StrategyTable.row(layer.name()))
                .anyMatch(kind -> kind.trains() && !kind.name().equals(NAME));
        if (!trains) {
            List<String> learners = StrategyTable.ROWS.stream()
                    .filter(kind -> kind.trains() && !kind.name().equals(NAME))
                    .map(LayerKind::name)
                    .toList();
            throw new IllegalArgumentException("the student of '" + NAME + "' must have one of the layers " + learners
                    + ", which learn, got '" + student.text() + "'");
        }
    }

    /** The traits of the student, with what the teacher needs. */
    Traits traits() {
        Traits teaching = Traits.of(teacher);
        Traits learning = Traits.of(student);
        int shown = student.layers().stream()
                .filter(layer -> !StrategyTable.row(layer.name()).trains())
                .mapToInt(layer -> StrategyTable.row(layer.name()).shots(layer))
                .max()
                .orElse(0);
        int shots = Math.max(teaching.shots(), shown);
        Set<Need> needs = EnumSet.of(Need.UNLABELLED_TEXTS);
        needs.addAll(teaching.needs());
        needs.addAll(learning.needs());
        if (shots == 0) {
            needs.remove(Need.EXAMPLES); // the teacher makes them
        }
        Training training =
                learning.training().compareTo(teaching.training()) > 0 ? learning.training() : teaching.training();
        ModelUse use = learning.modelUse() == ModelUse.NONE && teaching.modelUse() != ModelUse.NONE
                ? ModelUse.ADAPTING
                : learning.modelUse();
        return new Traits(learning.family(), true, training, true, true, needs, shots, use);
    }

    /** Whether the teacher's answers come with probabilities: it chooses among labels by their scores. */
    boolean hasProbabilities(Task task) {
        return !task.labels().isEmpty() && StrategyCatalog.scoresLabels(teacher);
    }
}
