/**
 * The pilot: measures ways to adapt a model on your own data, and recommends one.
 *
 * <pre>{@code
 * TaskSplit split = TaskFiles.read(Path.of("questions.csv"), TaskFileOptions.defaults());
 * PilotReport report = Pilot.of(split)
 *         .candidates(StrategyCatalog.parse("zero-shot,few-shot-nearest,lora", 0))
 *         .needs(Needs.defaults().withLatency(Duration.ofSeconds(1)))
 *         .budget(Duration.ofMinutes(14))
 *         .run(model);
 * System.out.println(ReportTable.write(report));
 * }</pre>
 *
 * <p>The types of this example are where the packages begin, in the order in which a run uses them:
 *
 * <ul>
 *   <li>{@link dev.llmadapt.pilot.task}: a task from files, with examples to learn from and examples to measure on;
 *   <li>{@link dev.llmadapt.pilot.strategy}: the strategies by their names, layered with {@code +};
 *   <li>{@link dev.llmadapt.pilot.results}: the rows of the report, one for each strategy;
 *   <li>{@link dev.llmadapt.pilot.statistics}: how far the numbers of a row can be trusted;
 *   <li>{@link dev.llmadapt.pilot.recommendation}: which row to take for given needs and prices;
 *   <li>{@link dev.llmadapt.pilot.report}: all of it as a table, a page or JSON;
 *   <li>{@link dev.llmadapt.pilot.saved}: the chosen strategy in a folder, and {@link dev.llmadapt.pilot.junit}, which
 *       guards it.
 * </ul>
 *
 * <p><b>A run.</b> Start at {@link dev.llmadapt.pilot.Pilot}, which checks what it is given. {@code PilotRun} leaves
 * out the candidates that data, model or needs exclude. {@code Race} lets the others learn from all examples and asks
 * them test after test, until one is shown to be worse than the leader or the time is over; {@code CandidateState} is
 * what one has answered, {@code Projection} ends a training that would take too long. {@code TrialContext} adapts a
 * model and asks it, unless the {@code Journal} says that this was done before, so a run that was stopped goes on where
 * it was. {@code Diagnostics} measures stability ({@code StabilityProbes}), risks ({@code RiskProbes}), freshness and
 * throughput, of those that went furthest first. {@link dev.llmadapt.pilot.ReportJudging} has the answers of a finished
 * report graded by a language model, a judge ({@link dev.llmadapt.pilot.judging}).
 *
 * <p>No other package imports this one.
 */
@NullMarked
package dev.llmadapt.pilot;

import org.jspecify.annotations.NullMarked;
