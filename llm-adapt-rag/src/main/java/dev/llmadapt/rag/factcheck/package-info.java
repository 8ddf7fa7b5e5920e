/**
 * Support of a statement by a passage: the facts of the statement that can be checked, and those that the passage
 * lacks.
 *
 * <p>Start with {@link dev.llmadapt.rag.factcheck.SupportCheck}, which returns a
 * {@link dev.llmadapt.rag.factcheck.Support}. Both texts are cut to tokens ({@code Text}) and read for claims, each
 * kind in one file and in this order, since a token belongs to one claim only: {@code CalendarDate}, {@code ClockTime},
 * {@code Quantity} (numbers with what they count), {@code Verbatim} (quotations, codes, addresses), {@code Name};
 * {@code Polarity} (negation) looks at all of them. A {@code Claim} of the statement asks the passage's {@code Reading}
 * whether it stands there. The words of all languages are one table, {@code lexicon.tsv}, which {@code Lexicon} reads.
 *
 * <p>A word of an unknown kind must stand in the passage: a supported statement that is rejected costs a citation, an
 * unsupported one that is accepted costs trust.
 */
@NullMarked
package dev.llmadapt.rag.factcheck;

import org.jspecify.annotations.NullMarked;
