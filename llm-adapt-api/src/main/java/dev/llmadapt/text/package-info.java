/**
 * Reading of text and tables from outside: bytes to characters, files to records, words to their form for search. Start
 * with {@link dev.llmadapt.text.TextEncoding}; {@link dev.llmadapt.text.Utf8Input}, {@link dev.llmadapt.text.Lines} and
 * {@link dev.llmadapt.text.CsvTable} follow in the order in which data passes them. Everything is strict: what cannot
 * be read is reported with its place, and reading goes on after it.
 */
@NullMarked
package dev.llmadapt.text;

import org.jspecify.annotations.NullMarked;
