/**
 * Examples in a prompt, for the strategies that show them: where they stand in a request, and an order that is balanced
 * over the labels. Start with {@link dev.llmadapt.prompting.examples.Shots}. Not exported.
 */
@NullMarked
package dev.llmadapt.prompting.examples;

import org.jspecify.annotations.NullMarked;
