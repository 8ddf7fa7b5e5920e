package dev.llmadapt.prompting;

import dev.llmadapt.Example;
import java.util.List;

/** A choice of the examples before a question. It never chooses one that asks this very question, with its answer. */
@FunctionalInterface
interface ShotSelection {
    /** Chooses the examples for a question, in the order in which the model reads them. */
    List<Example> choose(String question);
}
