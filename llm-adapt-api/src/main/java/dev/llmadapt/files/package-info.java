/**
 * File operations that several modules share: {@link dev.llmadapt.files.AtomicFiles} writes files that others see
 * complete or not at all, {@link dev.llmadapt.files.Sha256} hashes them, and {@link dev.llmadapt.files.FolderTree}
 * deletes folders. Every method passes an {@link java.io.IOException} to its caller, who knows the purpose of the file.
 */
@NullMarked
package dev.llmadapt.files;

import org.jspecify.annotations.NullMarked;
