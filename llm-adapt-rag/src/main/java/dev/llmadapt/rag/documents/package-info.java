/**
 * Documents: where they come from, and how their text and access lists are read.
 *
 * <p>Start with {@link dev.llmadapt.rag.documents.DocumentSource}, whose factories are the kinds of sources, and
 * {@link dev.llmadapt.rag.documents.Document}, which all of them hand over one by one. A document that cannot be read
 * is a {@link dev.llmadapt.rag.documents.DocumentSource.Broken}, and reading goes on.
 *
 * <p><b>Files</b>: {@code FileDocuments} walks a folder. {@code FileForm} is the table of forms by file name: text,
 * Markdown ({@code FrontMatter}), HTML ({@code HtmlEncoding}, {@code HtmlText}), PDF, and rows of CSV and JSON Lines
 * ({@code RowFiles}). <b>Pages</b>: {@code UrlDocuments} fetches them at most as large as the
 * {@link dev.llmadapt.rag.documents.UrlOptions} allow ({@link dev.llmadapt.rag.http}), keeps them in
 * {@code FetchedPages}, and reads the kept bytes by the same forms. <b>Tables</b>: {@code JdbcDocuments} runs a query.
 *
 * <p>Rows of all three are made documents by {@code Row}, and {@code AccessList} reads who may read them. Whatever is
 * no such list makes the row a broken one: a list that is lost must never make a document public.
 */
@NullMarked
package dev.llmadapt.rag.documents;

import org.jspecify.annotations.NullMarked;
