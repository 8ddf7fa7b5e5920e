/**
 * JSON that several packages read and write: {@link dev.llmadapt.pilot.json.JsonFields} the fields of an object,
 * {@link dev.llmadapt.pilot.json.OutcomeJson} one outcome, {@link dev.llmadapt.pilot.json.RiskJson} risks, as reports
 * and journals hold them. Not exported, so that Gson stays inside the module.
 */
@NullMarked
package dev.llmadapt.pilot.json;

import org.jspecify.annotations.NullMarked;
