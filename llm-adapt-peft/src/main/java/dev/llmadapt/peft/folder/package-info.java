/**
 * Adapters: folders as Hugging Face PEFT keeps them, what an adapter does to each module, composition, and the bank that
 * packs the adapters of a batch for the graph. Knows nothing of how sessions run. Start at {@link
 * dev.llmadapt.peft.folder.StoredAdapter}.
 */
@NullMarked
package dev.llmadapt.peft.folder;

import org.jspecify.annotations.NullMarked;
