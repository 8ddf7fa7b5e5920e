package dev.llmadapt.spark;

import dev.llmadapt.Model;
import java.io.Serializable;

/**
 * Opens a model in an executor. It travels there, so it must hold nothing but what can be serialized: a path that all
 * executors see, a name, a broadcast {@link FolderBytes}; not a model.
 */
@FunctionalInterface
public interface ModelSource extends Serializable {
    /** Opens the model; who asked closes it. */
    Model open();
}
