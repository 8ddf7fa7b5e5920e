/**
 * Measurements of local models: their speed, and their parity with llama.cpp and transformers.
 *
 * <p>Start with {@code README.md} of this module. The JMH benchmarks measure this library alone;
 * {@link dev.llmadapt.benchmarks.Parity} and {@link dev.llmadapt.benchmarks.Speed} are its side of comparisons that
 * {@code peers/parity.py} makes. They use internal classes, to measure single steps of a session.
 */
@NullMarked
package dev.llmadapt.benchmarks;

import org.jspecify.annotations.NullMarked;
