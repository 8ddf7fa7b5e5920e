/**
 * Reports: all that a pilot measured, in one record and in three forms.
 *
 * <p>Start at {@link dev.llmadapt.pilot.report.PilotReport}. {@link dev.llmadapt.pilot.report.ReportTable} writes it as
 * text for a terminal, {@link dev.llmadapt.pilot.report.ReportHtml} as a page without scripts and network,
 * {@link dev.llmadapt.pilot.report.ReportJson} as JSON that is read back as an equal report.
 * {@link dev.llmadapt.pilot.report.VerdictSentence} is the recommendation in one sentence, with which all but the JSON
 * begin.
 *
 * <pre>{@code
 * System.out.println(ReportTable.write(report));
 * Files.writeString(Path.of("report.html"), ReportHtml.write(report));
 * Files.writeString(Path.of("report.json"), ReportJson.write(report));
 * }</pre>
 *
 * <p>{@code Standings} puts the rows in the order of both texts, {@code Contender} and {@code Distance} say what it
 * would take to choose another candidate, {@code Caveats} what limits the numbers, {@code Figures} writes them.
 * {@link dev.llmadapt.pilot.report.TextTable} and {@code Paragraph} lay out lines. {@code ReportHtml} lists the parts
 * of the page in their order; {@code ScatterPlot} and {@code LinePlot} draw on an {@code SvgCanvas}, and
 * {@code LabelPlacement} keeps labels apart. {@code FieldTable} sets what is commonly said of each family of strategies
 * beside what was measured here. {@code ReportDetailsJson} and {@code StakesJson} are parts of the JSON.
 */
@NullMarked
package dev.llmadapt.pilot.report;

import org.jspecify.annotations.NullMarked;
