/**
 * Evaluation: questions with known answers, and how good rankings and answers to them are.
 *
 * <p>Start with {@link dev.llmadapt.rag.evaluation.RetrievalReport}, which asks a retriever the queries of a
 * {@link dev.llmadapt.rag.evaluation.TestCollection} or a {@link dev.llmadapt.rag.evaluation.QuestionSet} and applies
 * {@link dev.llmadapt.rag.evaluation.RankingMetric}s, each with the {@link dev.llmadapt.rag.evaluation.MeanInterval} of
 * its mean. {@link dev.llmadapt.rag.evaluation.AnswerMetrics} compare an answer with the right one. The report of whole
 * answers is {@link dev.llmadapt.rag.AnswerReport}, beside the answers it is about.
 *
 * <p>{@code CollectionFiles} reads BEIR's and TREC's files, {@code QuestionFiles} questions in JSON Lines;
 * {@code DocumentNames} resolves the documents that questions name to the ids of an index.
 */
@NullMarked
package dev.llmadapt.rag.evaluation;

import org.jspecify.annotations.NullMarked;
