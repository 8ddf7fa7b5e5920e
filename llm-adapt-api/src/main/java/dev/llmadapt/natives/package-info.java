/**
 * The native libraries that local models and embedders share: where their files are kept, and how they are loaded so
 * that a process starts anywhere and ends cleanly.
 *
 * <p>{@link dev.llmadapt.natives.CacheFolders} is the order of folders, {@code LibraryFolder} unpacks into the first
 * that can be used, and {@link dev.llmadapt.natives.OnnxRuntime} and {@link dev.llmadapt.natives.TokenizerLibrary}
 * start the two engines.
 *
 * <p>This package needs JNA, ONNX Runtime and DJL's tokenizers, which are optional dependencies of this module: the
 * modules that call it bring them.
 */
@NullMarked
package dev.llmadapt.natives;

import org.jspecify.annotations.NullMarked;
