/**
 * Comparisons of this library with other engines inside the JVM: equal work, with the same model, threads and JDK.
 *
 * <p>Start with {@link dev.llmadapt.benchmarks.peers.Engine}; {@code benchmarks/peers.sh} runs the rounds and writes
 * the table.
 */
@NullMarked
package dev.llmadapt.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
