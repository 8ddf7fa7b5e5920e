/** TEMPORARY. */
@NullMarked
package dev.llmadapt.prompting;

import org.jspecify.annotations.NullMarked;
