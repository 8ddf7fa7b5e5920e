/**
 * Prompting: the ways to adapt a model by its prompt alone, each a {@link dev.llmadapt.Strategy}.
 *
 * <p>Start with {@link dev.llmadapt.prompting.ZeroShot}, which tells the model the task; add
 * {@link dev.llmadapt.prompting.FewShot} to show it solved examples. {@link dev.llmadapt.prompting.RolePrompt} gives it
 * a persona, {@link dev.llmadapt.prompting.ChainOfThought} lets it think before it answers, and
 * {@link dev.llmadapt.prompting.LabelChoice} decides how one of several labels is chosen.
 * {@link dev.llmadapt.prompting.search.PromptSearch} searches for instruction and examples, and
 * {@link dev.llmadapt.prompting.Baseline} answers without a model, as the floor for all others. Prompts in files are
 * {@link dev.llmadapt.prompting.file.PromptFile}s, and conversations are remembered by
 * {@link dev.llmadapt.prompting.memory.ConversationMemory}.
 *
 * <pre>{@code
 * Strategy strategy = ZeroShot.defaults().then(FewShot.nearest(8)).then(LabelChoice.scored(TOKENS, BATCH));
 * try (Model adapted = strategy.adapt(model, task, Progress.NONE)) {
 *     String label = adapted.generate(task.request("My parcel never came")).text();
 * }
 * }</pre>
 *
 * <p><b>How layers compose.</b> {@code a.then(b)} wraps {@code b} around {@code a}: a request goes through {@code b},
 * then {@code a}, then reaches the model. Every layer works on chat messages and keeps what it finds, so any order is
 * allowed, and the order decides the wording:
 *
 * <ul>
 *   <li>{@code ZeroShot} and {@code RolePrompt} write before the system text they find, so the innermost comes first:
 *       {@code zeroShot.then(role)} reads instruction, persona; {@code role.then(zeroShot)} reads persona, instruction.
 *   <li>{@code FewShot} inserts turns before the last user message. It compares that message with the examples, so it
 *       belongs outside of layers that rewrite the question (an input template, retrieved context), which then treat
 *       the examples' questions as they treat the question itself.
 *   <li>{@code ChainOfThought} makes two calls to the layers inside it; they apply to both.
 *   <li>{@code LabelChoice} belongs outermost when it calibrates: what it learns holds for the layers inside it. A
 *       choice by letters is put around layers that show examples, by
 *       {@code LabelChoice.byLetters(BATCH).around(layers)}.
 * </ul>
 */
@NullMarked
package dev.llmadapt.prompting;

import org.jspecify.annotations.NullMarked;
