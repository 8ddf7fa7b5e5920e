/** TEMPORARY. */
@NullMarked
package dev.llmadapt.peft;

import org.jspecify.annotations.NullMarked;
