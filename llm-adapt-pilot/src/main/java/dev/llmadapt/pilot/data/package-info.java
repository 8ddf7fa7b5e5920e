/**
 * Data files as people have them, read strictly: CSV and JSON Lines become a {@link dev.llmadapt.pilot.data.Table}, a table
 * becomes examples, and examples are split so that nothing leaks from train to test.
 *
 * <p>In the order in which data walks through: {@link dev.llmadapt.pilot.data.TextFile} (size and encoding),
 * {@link dev.llmadapt.pilot.data.Table} (rows and columns), {@link dev.llmadapt.pilot.data.LabelledRows} (which column is
 * which), {@link dev.llmadapt.pilot.data.LabelWords} (labels as words), {@link dev.llmadapt.pilot.data.Stratified} (split and
 * sample). Every complaint is a {@link dev.llmadapt.pilot.data.TaskFileException} of one line. Knows nothing of models,
 * strategies and reports.
 */
@NullMarked
package dev.llmadapt.pilot.data;

import org.jspecify.annotations.NullMarked;
