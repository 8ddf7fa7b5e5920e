/**
 * Measures ways to adapt a model on your own data, and the command line.
 *
 * <p>A walk, in the order in which things happen: {@link dev.llmadapt.pilot.TaskFiles} reads a task and splits it into
 * examples to learn from and examples to measure on; {@link dev.llmadapt.pilot.StrategyCatalog} turns names into
 * strategies; {@link dev.llmadapt.pilot.Pilot} lets each adapt the model and answer the same test examples; the
 * {@link dev.llmadapt.pilot.PilotReport} has one row for each, with the interval in which its quality lies
 * ({@link dev.llmadapt.pilot.Interval}) and whether the best is shown to be better;
 * {@link dev.llmadapt.pilot.ReportJson} keeps all of it.
 *
 * <pre>{@code
 * TaskSplit split = TaskFiles.read(Path.of("questions.csv"), TaskFileOptions.defaults());
 * PilotReport report = Pilot.run(model, split.task(), split.test(),
 *         StrategyCatalog.parse("zero-shot,few-shot-nearest", 0), PilotOptions.defaults(), Progress.NONE);
 * }</pre>
 *
 * <p>{@link dev.llmadapt.pilot.Main} is the same for a terminal: {@code pilot}, {@code generate} and {@code chat}.
 */
@NullMarked
package dev.llmadapt.pilot;

import org.jspecify.annotations.NullMarked;
