/**
 * Tests of prompts: files in promptfoo's YAML, read by {@link dev.llmadapt.cli.prompts.SuiteReader} to a
 * {@link dev.llmadapt.cli.prompts.PromptSuite}, run by {@link dev.llmadapt.cli.prompts.SuiteRun} to a
 * {@link dev.llmadapt.cli.prompts.SuiteResult}, which is written as a table, JSON, JUnit XML and a page.
 */
@NullMarked
package dev.llmadapt.cli.prompts;

import org.jspecify.annotations.NullMarked;
