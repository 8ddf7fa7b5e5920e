/**
 * Texts and tables from outside: bytes to characters, files to records, and words as they are looked for. Start with
 * {@link dev.llmadapt.text.TextEncoding}; {@link dev.llmadapt.text.Utf8Input}, {@link dev.llmadapt.text.Lines} and
 * {@link dev.llmadapt.text.CsvTable} follow as data walks. Everything is strict: what cannot be read is reported with its
 * place, and what can be read goes on.
 */
@NullMarked
package dev.llmadapt.text;

import org.jspecify.annotations.NullMarked;
