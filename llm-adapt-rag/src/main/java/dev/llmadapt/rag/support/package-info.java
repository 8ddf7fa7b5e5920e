/**
 * Support of a statement by a passage: what of it can be checked, and what of that the passage does not say.
 *
 * <p>Start with {@link dev.llmadapt.rag.support.SupportCheck}, which returns a
 * {@link dev.llmadapt.rag.support.Support}. Both texts are cut to tokens ({@code Text}) and read for claims, each kind
 * in one file and in this order, since a token belongs to one claim only: {@code CalendarDate}, {@code ClockTime},
 * {@code Quantity} (numbers with what they count), {@code Verbatim} (quotations, codes, addresses), {@code Name};
 * {@code Polarity} (negation) looks at all of them. A {@code Claim} of the statement asks the passage's {@code Reading}
 * whether it stands there. The words of all languages are one table, {@code lexicon.tsv}, which {@code Lexicon} reads.
 *
 * <p>Where it cannot be told what a word is, it must stand in the passage: a statement that is supported and not found
 * to be costs a citation, one that is not and is found to be costs trust.
 */
@NullMarked
package dev.llmadapt.rag.support;

import org.jspecify.annotations.NullMarked;
