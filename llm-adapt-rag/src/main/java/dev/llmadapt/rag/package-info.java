/**
 * Retrieval-augmented generation: answers from documents, with citations that are checked.
 *
 * <p>Start with {@link dev.llmadapt.rag.Rag}, a {@link dev.llmadapt.Strategy}: it makes of a model a
 * {@link dev.llmadapt.rag.RagModel}, which shows passages with each question. {@link dev.llmadapt.rag.RagOptions} says
 * how many, who words the answer, and when it is refused. {@link dev.llmadapt.rag.RagModel#ask} returns a
 * {@link dev.llmadapt.rag.CitedAnswer}. {@link dev.llmadapt.rag.BestSentence} answers without a model.
 *
 * <pre>{@code
 * try (Embedder embedder = Embedder.miniLm();
 *         PassageIndex index = PassageIndex.open(folder, embedder, IndexOptions.defaults())) {
 *     Indexing.with(embedder).sync(DocumentSource.files(documents), Filter.all(), index, Progress.NONE);
 *     Rag rag = Rag.over(Retrievers.hybrid(index), RagOptions.defaults());
 *     try (RagModel model = rag.adapt(base, task, Progress.NONE)) {
 *         System.out.println(model.ask("How long is the warranty?").text());
 *     }
 * }
 * }</pre>
 *
 * <p><b>One question.</b> {@code RagModel} asks the {@link dev.llmadapt.rag.QueryRewriter} what to look for, the
 * retriever for passages, and the {@link dev.llmadapt.rag.retrieval.Grounding} whether they can hold an answer.
 * {@code SourceText} writes them for the model, between tags that a document cannot write. {@code CitationCheck} cuts
 * what the model wrote to statements and resolves each citation by {@link dev.llmadapt.rag.factcheck.SupportCheck};
 * where the sources word the answer themselves, {@code Quotation} does. {@link dev.llmadapt.rag.AnswerReport} and
 * {@link dev.llmadapt.rag.AnswerJudge} measure answers.
 *
 * <p><b>The packages</b>, in the order in which data passes through; each imports only those before it, none imports
 * this one:
 *
 * <ul>
 *   <li>{@link dev.llmadapt.rag.documents}: files, pages and tables become documents.
 *   <li>{@link dev.llmadapt.rag.splitting}: documents become passages.
 *   <li>{@link dev.llmadapt.rag.embedding}: passages become vectors; pairs of texts become scores.
 *   <li>{@link dev.llmadapt.rag.index}: passages are kept and found, and kept in step with their documents.
 *   <li>{@link dev.llmadapt.rag.factcheck}: whether a passage says what a statement says.
 *   <li>{@link dev.llmadapt.rag.retrieval}: retrievers made of retrievers.
 *   <li>{@link dev.llmadapt.rag.evaluation}: questions with known answers, and metrics.
 * </ul>
 */
@NullMarked
package dev.llmadapt.rag;

import org.jspecify.annotations.NullMarked;
