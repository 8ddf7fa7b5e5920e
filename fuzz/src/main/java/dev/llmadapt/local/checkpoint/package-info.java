/** Fuzz targets of the readers in the package of this name; start with {@code dev.llmadapt.fuzz}. */
@NullMarked
package dev.llmadapt.local.checkpoint;

import org.jspecify.annotations.NullMarked;
