/**
 * Reports: all that a pilot measured, in one record and in three forms.
 *
 * <p>Start at {@link dev.llmadapt.pilot.report.PilotReport}. {@link dev.llmadapt.pilot.report.ReportTable} writes it as
 * a table for a terminal, {@link dev.llmadapt.pilot.report.ReportHtml} as a page without scripts and network,
 * {@link dev.llmadapt.pilot.report.ReportJson} as JSON that is read back as an equal report.
 *
 * <pre>{@code
 * System.out.println(ReportTable.write(report));
 * Files.writeString(Path.of("report.html"), ReportHtml.write(report));
 * Files.writeString(Path.of("report.json"), ReportJson.write(report));
 * }</pre>
 *
 * <p>{@code ReportDetailsJson} is the second half of the JSON, {@code ReportHtmlTables} and {@code ReportHtmlAnswers}
 * those of the page, {@code SvgPlot} its plots and {@code Html} its escaping.
 * {@link dev.llmadapt.pilot.report.TextTable} lays out columns. {@code FieldTable} sets what is commonly said of each
 * family of strategies beside what was measured here.
 */
@NullMarked
package dev.llmadapt.pilot.report;

import org.jspecify.annotations.NullMarked;
