/**
 * Memory of conversations: what of a conversation a model is shown again, and where it is kept.
 *
 * <p>Start at {@link dev.llmadapt.prompting.memory.ConversationMemory}. A
 * {@link dev.llmadapt.prompting.memory.MemoryPolicy} bounds it in tokens, by a window or a summary; a
 * {@link dev.llmadapt.prompting.memory.ConversationStore} keeps it, in memory or in a database.
 */
@NullMarked
package dev.llmadapt.prompting.memory;

import org.jspecify.annotations.NullMarked;
