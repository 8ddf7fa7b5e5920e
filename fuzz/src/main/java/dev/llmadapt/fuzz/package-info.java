/**
 * The parts that all fuzz targets share: {@link dev.llmadapt.fuzz.Probe} runs a reader on an input and checks the
 * outcome; {@link dev.llmadapt.fuzz.Seeds} writes the inputs that fuzzing begins with. The targets are in the packages
 * of the readers they call, most of which are not public.
 */
@NullMarked
package dev.llmadapt.fuzz;

import org.jspecify.annotations.NullMarked;
