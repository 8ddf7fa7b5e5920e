/**
 * Extraction without a model: rules that find the fields of a JSON schema in a text, learned from examples or given as
 * regular expressions.
 *
 * <p>Start with {@link dev.llmadapt.prompting.extraction.ExtractionRules}, which holds a rule for each field.
 */
@NullMarked
package dev.llmadapt.prompting.extraction;

import org.jspecify.annotations.NullMarked;
