/**
 * Tasks from files as people have them, read strictly, with examples kept aside to measure on.
 *
 * <p>Start at {@link dev.llmadapt.pilot.task.TaskFiles}, which reads a folder or a file into a
 * {@link dev.llmadapt.pilot.task.TaskSplit}: the task, its test examples, and the
 * {@link dev.llmadapt.pilot.task.RobustnessProbes} that stability and freshness are measured with.
 *
 * <pre>{@code
 * TaskSplit split = TaskFiles.read(Path.of("questions.csv"), TaskFileOptions.defaults().withLabelColumn("topic"));
 * }</pre>
 *
 * <p>A file goes through {@link dev.llmadapt.pilot.task.TextFile} (size and encoding), {@code Csv}, {@code JsonLines}
 * or {@code LabelFirst} (its format), {@code Table} (rows and columns), {@code LabelledRows} (which column is which),
 * {@code LabelWords} (labels as words a model knows) and {@link dev.llmadapt.pilot.task.Stratified} (split and sample,
 * so that no text stands on both sides). {@code TaskJson} is the description beside them, {@code Passages} the corpus,
 * {@code ProbeFiles} the probes; {@code SquadFile} reads all of it from one file in SQuAD's format. A broken file is a
 * {@code TaskFileException} of one line that names file and line.
 *
 * <p>{@link dev.llmadapt.pilot.task.Typos}, {@link dev.llmadapt.pilot.task.Injections} and
 * {@link dev.llmadapt.pilot.task.OutOfScopeTexts} are what risks are measured with.
 * {@link dev.llmadapt.pilot.task.Metrics} are the metrics by name, {@link dev.llmadapt.pilot.task.SchemaJson} reads the
 * schema of tasks whose answers are JSON, and {@code TaskHash} tells tasks apart. The package imports nothing of
 * models, strategies and reports, an embedder for {@link dev.llmadapt.pilot.task.EmbeddingSimilarity} aside.
 */
@NullMarked
package dev.llmadapt.pilot.task;

import org.jspecify.annotations.NullMarked;
