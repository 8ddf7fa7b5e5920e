/**
 * Answers to the rows of a Spark dataset: {@link dev.llmadapt.spark.RowAnswers} asks a model that each executor opens
 * once, and {@link dev.llmadapt.spark.FolderBytes} brings an adapter or a saved strategy to the executors.
 */
@NullMarked
package dev.llmadapt.spark;

import org.jspecify.annotations.NullMarked;
