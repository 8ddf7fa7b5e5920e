/**
 * Training data from files, and its curation. Knows nothing of models. Start with
 * {@link dev.llmadapt.peft.data.TrainingData} and {@link dev.llmadapt.peft.data.Curation}.
 *
 * <p>In the order in which data passes through: {@link dev.llmadapt.text.Lines}, {@link dev.llmadapt.text.CsvTable} and
 * {@link dev.llmadapt.text.JsonElements} cut a file into records, one at a time and each of bounded length;
 * {@link dev.llmadapt.text.StrictJson} parses one; {@link dev.llmadapt.peft.data.Conversation} turns it into messages;
 * {@link dev.llmadapt.peft.data.TrainingFile} does all of it for a file, and {@link dev.llmadapt.peft.data.Curator}
 * judges the result. What is wrong with one record is a {@link dev.llmadapt.text.BrokenRecord}, and the next one is
 * read all the same.
 *
 * <p>Preferences, of which a record is two answers or one with a judgement, come by the same way through
 * {@link dev.llmadapt.peft.data.PreferenceFile} and {@link dev.llmadapt.peft.data.PreferenceRecord} to
 * {@link dev.llmadapt.peft.data.PreferenceData}.
 *
 * <p>{@link dev.llmadapt.peft.data.StratifiedSplit} and {@link dev.llmadapt.peft.data.ContentHash} are also used by the
 * pilot, to which alone this package is exported.
 */
@NullMarked
package dev.llmadapt.peft.data;

import org.jspecify.annotations.NullMarked;
