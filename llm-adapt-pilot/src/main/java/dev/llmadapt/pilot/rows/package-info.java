/**
 * Rows of texts answered inside an engine of data such as Spark or Flink.
 *
 * <pre>{@code
 * static final Leases<Path, RowAnswerer> OPEN = new Leases<>("rows", RowAnswerer::close);
 *
 * try (var lease = OPEN.lease(folder, () -> RowAnswerer.of(SavedStrategy.load(folder), base), Duration.ZERO)) {
 *     List<RowAnswer> answers = lease.get().answer(texts);
 * }
 * }</pre>
 *
 * <p>{@link dev.llmadapt.pilot.rows.RowAnswerer} asks a model about texts, and says of each why it has no answer where
 * it has none; {@link dev.llmadapt.pilot.rows.Leases} keeps one model open for all tasks of a process.
 */
@NullMarked
package dev.llmadapt.pilot.rows;

import org.jspecify.annotations.NullMarked;
