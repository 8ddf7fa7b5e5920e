package dev.llmadapt.flink;

import dev.llmadapt.pilot.rows.RowAnswerer;
import java.io.Serializable;
import java.time.Duration;

/** Opens a model in a task manager; functions whose openings are equal share it. */
interface Opening extends Serializable {
    /** Opens it. */
    RowAnswerer open();

    /** How long it stays open when no function needs it. */
    Duration keepOpen();
}
