@NullMarked
package dev.llmadapt.local.constraint;

import org.jspecify.annotations.NullMarked;
