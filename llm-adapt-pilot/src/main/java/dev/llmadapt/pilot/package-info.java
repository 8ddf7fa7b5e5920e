/**
 * Measures ways to adapt a model on your own data, and the command line.
 *
 * <p>A walk, in the order in which things happen: {@link dev.llmadapt.pilot.TaskFiles} reads a task and splits it into
 * examples to learn from and examples to measure on; {@link dev.llmadapt.pilot.StrategyCatalog} turns names into
 * strategies; {@link dev.llmadapt.pilot.Needs} say what for; {@link dev.llmadapt.pilot.Pilot} lets each strategy adapt the
 * model and answer the same test examples, by successive halving where there is a budget; the {@link
 * dev.llmadapt.pilot.PilotReport} has one row for each, with the {@link dev.llmadapt.pilot.Interval} in which its quality
 * lies, and the {@link dev.llmadapt.pilot.Recommendation}; {@link dev.llmadapt.pilot.ReportJson} and {@link
 * dev.llmadapt.pilot.ReportHtml} keep all of it; {@link dev.llmadapt.pilot.SavedStrategy} keeps the choice.
 *
 * <pre>{@code
 * TaskSplit split = TaskFiles.read(Path.of("questions.csv"), TaskFileOptions.defaults());
 * PilotReport report = Pilot.of(split)
 *         .candidates(StrategyCatalog.parse("zero-shot,few-shot-nearest", 0))
 *         .run(model);
 * }</pre>
 *
 * <p>{@link dev.llmadapt.pilot.Main} is the same for a terminal: {@code pilot}, {@code generate} and {@code chat}.
 */
@NullMarked
package dev.llmadapt.pilot;

import org.jspecify.annotations.NullMarked;
