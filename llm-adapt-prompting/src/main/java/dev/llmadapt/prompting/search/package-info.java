/**
 * Prompts found by search: an instruction and demonstrations for a task, chosen by how probable they make the right
 * answers to its examples.
 *
 * <p>Start with {@link dev.llmadapt.prompting.search.PromptSearch}, a strategy;
 * {@link dev.llmadapt.prompting.search.SearchOptions} bounds and steers it,
 * {@link dev.llmadapt.prompting.search.SearchReport} has every candidate with its score, and
 * {@link dev.llmadapt.prompting.search.Prompt} is what is found.
 *
 * <pre>{@code
 * PromptSearch search = new PromptSearch(ZeroShot.defaults(), SearchOptions.defaults().withBudget(SearchBudget.calls(400)));
 * SearchReport report = search.run(model, task, Progress.NONE);
 * try (Model adapted = report.chosen().under(ZeroShot.defaults()).adapt(model, task, Progress.NONE)) {
 *     ...
 * }
 * }</pre>
 *
 * <p><b>The walk.</b> {@code SearchRun} is the search itself. {@code ExampleSplit} sets examples aside to judge by;
 * {@code Instructions} and {@code Demonstrations} make candidates, the latter by the {@code Effects} of demonstrations
 * in all candidates before. {@code Judging} judges a candidate: {@code Scoring} asks the model, each call noted in the
 * {@code SearchJournal} and counted by the {@code Ledger}, {@code Gains} compares two candidates on the same examples,
 * and {@code Pool} holds those that were judged by all, with the Pareto front of those that are best on some example.
 * {@code RandomSets} is the baseline.
 */
@NullMarked
package dev.llmadapt.prompting.search;

import org.jspecify.annotations.NullMarked;
