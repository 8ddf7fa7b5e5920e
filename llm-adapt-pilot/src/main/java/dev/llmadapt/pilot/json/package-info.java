/**
 * JSON that several packages read and write: {@link dev.llmadapt.pilot.json.JsonFields} the fields of an object,
 * {@link dev.llmadapt.pilot.json.OutcomeJson} one outcome, as reports and journals hold it. Not exported, so that Gson
 * stays inside the module.
 */
@NullMarked
package dev.llmadapt.pilot.json;

import org.jspecify.annotations.NullMarked;
