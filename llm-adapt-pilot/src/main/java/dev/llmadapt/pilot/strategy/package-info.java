/**
 * Strategies by the names that the command line and reports give them.
 *
 * <p>Start at {@link dev.llmadapt.pilot.strategy.StrategyCatalog}, whose page lists the names.
 *
 * <pre>{@code
 * List<Strategy> candidates = StrategyCatalog.parse("zero-shot,few-shot-nearest(4)+lora,rag(3)/constrained", 0);
 * }</pre>
 *
 * <p>{@code StrategySyntax} reads the text into names and arguments; the catalog builds a layer for each. Most layers
 * come from the modules of prompting, retrieval and tuning; two are made here: {@code RagLayer} retrieves from the
 * task's own corpus, which makes an {@link dev.llmadapt.pilot.strategy.UpdatableModel}, and {@code TrainedLayer} trains
 * by a {@code Learning} (of a tuning, or of a head, as {@code HeadTraining}; of a student, {@code TaughtLearning}) and
 * keeps what it trained in a {@link dev.llmadapt.pilot.strategy.TrainedFolder}. {@code WithAdapters} puts a strategy
 * over adapters that are loaded already, {@code OnModel} on a {@link dev.llmadapt.pilot.strategy.CandidateModel} that
 * it brings along; a {@link dev.llmadapt.pilot.strategy.ModelPool} keeps several of these within the memory.
 *
 * <p>A {@link dev.llmadapt.pilot.strategy.Candidate} is a strategy of which more is known than how to adapt with it:
 * its {@link dev.llmadapt.pilot.strategy.StrategyFamily}, and whether it trains, retrieves or needs examples. The pilot
 * decides by that before it measures; any other strategy becomes a {@code PlainCandidate}, of which nothing is known.
 */
@NullMarked
package dev.llmadapt.pilot.strategy;

import org.jspecify.annotations.NullMarked;
