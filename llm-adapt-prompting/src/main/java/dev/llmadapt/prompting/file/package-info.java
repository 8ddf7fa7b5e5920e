/**
 * Prompts as files, in the shape of Prompty: front matter that declares the inputs, then messages by role, each a
 * template in the strict language of {@link dev.llmadapt.prompting.template.StrictTemplate}.
 *
 * <p>Start at {@link dev.llmadapt.prompting.file.PromptFile}; a folder of them is a
 * {@link dev.llmadapt.prompting.file.PromptLibrary}, and {@link dev.llmadapt.prompting.file.PromptDiff} tells two
 * versions apart.
 */
@NullMarked
package dev.llmadapt.prompting.file;

import org.jspecify.annotations.NullMarked;
