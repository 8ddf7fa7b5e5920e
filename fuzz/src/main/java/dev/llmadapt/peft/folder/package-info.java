/** Fuzz targets of the readers in the package of this name; start with {@code dev.llmadapt.fuzz}. */
@NullMarked
package dev.llmadapt.peft.folder;

import org.jspecify.annotations.NullMarked;
