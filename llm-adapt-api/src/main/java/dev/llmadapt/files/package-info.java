/**
 * Files on disk, as several modules of this library need them: {@link dev.llmadapt.files.AtomicFiles} for files that
 * others see whole or not at all, {@link dev.llmadapt.files.Sha256} for what is in them, {@link
 * dev.llmadapt.files.FolderTree} to be rid of them. Every method leaves {@link java.io.IOException} to its caller, who
 * knows what the file was for.
 */
@NullMarked
package dev.llmadapt.files;

import org.jspecify.annotations.NullMarked;
