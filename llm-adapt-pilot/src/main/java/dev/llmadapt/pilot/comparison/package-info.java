/**
 * Two runs of the pilot side by side, before and after a change of data, prompts or model.
 *
 * <pre>{@code
 * RunComparison comparison = RunComparison.of(before, after); // two reports, as ReportJson reads them
 * List<RunChange> worse = comparison.worse(0.02);
 * }</pre>
 *
 * <p>{@link dev.llmadapt.pilot.comparison.RunComparison} finds the test examples that both runs have and compares each
 * candidate with itself on them; {@link dev.llmadapt.pilot.comparison.ComparisonTable} writes it for people,
 * {@link dev.llmadapt.pilot.comparison.ComparisonJson} for programs.
 */
@NullMarked
package dev.llmadapt.pilot.comparison;

import org.jspecify.annotations.NullMarked;
