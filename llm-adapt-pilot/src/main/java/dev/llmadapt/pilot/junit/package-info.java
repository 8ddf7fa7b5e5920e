/**
 * A JUnit extension that fails a build when a saved strategy got worse. Start at
 * {@link dev.llmadapt.pilot.junit.StrategyGuard}. JUnit itself is an optional dependency: whoever uses this package
 * brings it.
 */
@NullMarked
package dev.llmadapt.pilot.junit;

import org.jspecify.annotations.NullMarked;
