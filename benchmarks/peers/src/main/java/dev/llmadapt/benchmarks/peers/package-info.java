/**
 * The same work on this library and on other engines that run inside the JVM, with the same model, threads and JDK.
 *
 * <p>Start with {@link dev.llmadapt.benchmarks.peers.Engine}; {@code benchmarks/peers.sh} runs the rounds and writes the
 * table.
 */
@NullMarked
package dev.llmadapt.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
