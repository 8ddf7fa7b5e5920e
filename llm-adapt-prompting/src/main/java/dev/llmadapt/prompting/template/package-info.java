/**
 * Chat templates: a small, strict engine for the Jinja dialect of Hugging Face checkpoints.
 *
 * <p>Start at {@link dev.llmadapt.prompting.template.ChatTemplate}. Loading goes through {@code Lexer} (source to
 * {@code Token}s, white space control), {@code Parser} (blocks to {@code Statement}s) and {@code ExpressionParser} (to
 * {@code Expression}s, by precedence, with {@code OperandParser} and {@code FilterParser}). Names of filters, tests,
 * methods and functions are looked up on the way in the tables of {@code Filters}, {@code Tests}, {@code Methods} and
 * {@code Functions}, one row each; their arguments are fitted to the row's {@code Signature}. What is not in a table
 * becomes an {@code Expression.Refused}: an error once it is reached.
 *
 * <p>The nodes render themselves: each {@code Statement} executes and each {@code Expression} evaluates itself on a
 * {@code Rendering}, which holds the {@code Variables}, the output and the rest of the {@code Limits}. {@code Values},
 * {@code Access}, {@code Arithmetic}, {@code Strings}, {@code Printer} and {@code ToJson} are Python's operations on
 * values.
 *
 * <p>Every string is a {@code Text}: characters, and marks on ranges of them that tell data from template. A
 * {@code TextBuilder} keeps the marks, so that a rendered prompt still knows which of its characters a user wrote: a
 * special token among those is ordinary text and is tokenised as such. Marks also tell the text of {@code generation}
 * blocks, from which training masks are made, and the end of the message to be continued.
 */
@NullMarked
package dev.llmadapt.prompting.template;

import org.jspecify.annotations.NullMarked;
