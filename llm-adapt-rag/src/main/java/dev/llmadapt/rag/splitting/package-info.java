/**
 * Splitting: documents are cut into passages short enough to embed and to show.
 *
 * <p>Start with {@link dev.llmadapt.rag.splitting.Splitter}, whose factories are the ways to cut;
 * {@link dev.llmadapt.rag.splitting.Tokens} measures length, usually by the tokens of the embedder. Where a passage was
 * cut from stands in its metadata under the names of {@link dev.llmadapt.rag.splitting.PassageMetadata}.
 *
 * <p>{@code TextSplitter} implements all but one: {@code Headings} cuts a text into sections, {@code Boundaries} a
 * section into paragraphs, lines and sentences, from coarse to fine until each piece fits, and {@code Packing} joins
 * neighbours while they fit, counting by {@code TokenCounts}. {@code ParentSplitter} runs two splitters: its long
 * passages are the parents of the short ones.
 */
@NullMarked
package dev.llmadapt.rag.splitting;

import org.jspecify.annotations.NullMarked;
