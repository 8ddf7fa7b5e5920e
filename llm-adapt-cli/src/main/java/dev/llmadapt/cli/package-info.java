/**
 * The command line, which {@code ./llm-adapt} starts: what the other modules do, for a terminal.
 *
 * <p>Start at {@link dev.llmadapt.cli.Main}, which knows all commands and turns what they throw into one line and an
 * exit status. A command is a class that ends in {@code Command} and begins with its group:
 *
 * <ul>
 *   <li>{@code GenerateCommand} and {@code ChatCommand} ask a model;
 *   <li>{@code PilotCommand} measures strategies, {@code AnswerCommand} answers with the one that was saved, and
 *       {@code ServeCheckCommand} checks it; {@code CompareCommand} compares two runs;
 *   <li>{@code PromptsCommand}: {@code Prompts...Command} search for prompts, test them, and read those in files;
 *   <li>{@code ModelsCommand} lists the models that have names;
 *   <li>{@code TrainCommand} trains an adapter;
 *   <li>{@code AdaptersCommand}: {@code Adapters...Command} inspect, merge, combine and convert adapters;
 *   <li>{@code RagCommand}: {@code Rag...Command} index documents, ask about them and measure retrieval.
 * </ul>
 *
 * <p>Options that several commands have are classes that end in {@code Arguments}: {@code ModelArguments} say which
 * model, and {@code ModelLoading} opens it. A command takes all it works with from a {@code CommandContext} (input,
 * output, the terminal, how to open a model) and nothing from the process, so that a test can be one. What a user gave
 * wrongly is an {@code InvalidInput}; anything else that is thrown is a bug. {@link dev.llmadapt.cli.terminal} is what
 * people see while they wait, {@link dev.llmadapt.cli.prompts} what {@code prompts test} does.
 *
 * <p>One flat package and not one for each group: commands are read one at a time and found by their names, and nothing
 * but {@code Main} has to be public.
 */
@NullMarked
package dev.llmadapt.cli;

import org.jspecify.annotations.NullMarked;
