package dev.llmadapt.pilot.strategy;

import dev.llmadapt.Model;
import dev.llmadapt.Passage;
import java.util.List;

/** A model that answers from a corpus which can grow while it answers: what the strategy {@code rag} adapts to. */
public interface UpdatableModel extends Model {
    /** Adds passages, or puts newer ones in the place of those with the same id. */
    void update(List<Passage> passages);
}
