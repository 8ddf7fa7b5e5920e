/**
 * A chosen strategy as a folder, to be served and checked.
 *
 * <pre>{@code
 * SavedStrategy saved = SavedStrategy.save(row, report, split, work, Path.of("strategy"));
 * try (Model adapted = saved.adapt(model)) { // or adapt(), if it needs no language model
 *     String answer = adapted.generate(saved.task().request("where is my card?")).text();
 * }
 * List<String> regressions = ServeCheck.replay(saved, model, Progress.NONE).regressions(2);
 * }</pre>
 *
 * <p>{@link dev.llmadapt.pilot.saved.SavedStrategy} writes and reads the folder: the strategy's words, its task, what
 * was trained, and the answers it gave to the test examples. {@link dev.llmadapt.pilot.saved.ServeCheck} asks for them
 * again and says what got worse beyond its interval; {@link dev.llmadapt.pilot.junit.StrategyGuard} does so in a test.
 * {@link dev.llmadapt.pilot.saved.ServedStrategy} is a saved strategy as a model of a service.
 */
@NullMarked
package dev.llmadapt.pilot.saved;

import org.jspecify.annotations.NullMarked;
