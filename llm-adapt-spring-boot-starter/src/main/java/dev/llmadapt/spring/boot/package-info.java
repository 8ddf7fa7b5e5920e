/**
 * Auto-configuration for Spring Boot: a model with its adapters and saved strategies, and an index, by properties under
 * {@code llm-adapt}.
 *
 * <p>Start with {@link dev.llmadapt.spring.boot.LlmAdaptProperties}, which are the properties, and
 * {@link dev.llmadapt.spring.boot.LlmAdaptAutoConfiguration}, whose beans back off for those of the application.
 * {@code ModelOpening} and {@code IndexOpening} make of the properties what they name, or refuse them by name;
 * {@code ServedModel} answers, and ends gracefully.
 */
@NullMarked
package dev.llmadapt.spring.boot;

import org.jspecify.annotations.NullMarked;
