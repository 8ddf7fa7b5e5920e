package dev.llmadapt.flink;

import dev.llmadapt.pilot.rows.RowAnswerer;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/** Opens a model in a task manager; functions whose openings are equal share it. */
interface Opening extends Serializable {
    /** Opens it. */
    RowAnswerer open();

    /** What the files that it opens were last written at: functions that find other files open them anew. */
    List<String> version();

    /** How long it stays open when no function needs it. */
    Duration keepOpen();
}
