/**
 * Retrieval: retrievers made of retrievers, and how near what they find is to a question or an answer.
 *
 * <p>Start with {@link dev.llmadapt.rag.retrieval.Retrievers}: each factory gives the paper and the formula, and each
 * implementation is a wrapper of that name that also explains its scores. {@code CombinedRetriever} and
 * {@code FusedRetriever} put several together, by scores ({@code Scale}) or by ranks; {@code FeedbackRetriever} expands
 * the query by {@code RelevanceModel} and the {@link dev.llmadapt.rag.retrieval.RelevanceFeedback};
 * {@code MultiQueryRetriever} asks in several wordings; {@code RerankingRetriever}, {@code SentenceRetriever} and
 * {@code MmrRetriever} reorder; {@code ParentRetriever} shows the long passages around the short ones. They own
 * nothing, and pass principals and filters on as they are.
 *
 * <p>{@link dev.llmadapt.rag.retrieval.Grounding} tells, without the model that answers, whether passages can hold an
 * answer and which of them a sentence rests on: by {@code SentenceVectors}, which it shares with
 * {@code SentenceRetriever} ({@code EmbeddedGrounding}), or by words ({@code WordGrounding}).
 * {@link dev.llmadapt.rag.retrieval.Threshold} finds the value below which a question is refused.
 */
@NullMarked
package dev.llmadapt.rag.retrieval;

import org.jspecify.annotations.NullMarked;
