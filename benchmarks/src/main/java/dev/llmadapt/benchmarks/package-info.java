/**
 * How fast local models are, and how faithful to llama.cpp and transformers.
 *
 * <p>Start with {@code README.md} of this module. The JMH benchmarks measure this library alone;
 * {@link dev.llmadapt.benchmarks.Parity} and {@link dev.llmadapt.benchmarks.Speed} are its side of comparisons that
 * {@code peers/parity.py} makes. They reach below the public face, to single steps of a session.
 */
@NullMarked
package dev.llmadapt.benchmarks;

import org.jspecify.annotations.NullMarked;
