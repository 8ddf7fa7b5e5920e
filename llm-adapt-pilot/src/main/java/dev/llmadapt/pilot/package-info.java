/** TEMPORARY. */
@NullMarked
package dev.llmadapt.pilot;

import org.jspecify.annotations.NullMarked;
