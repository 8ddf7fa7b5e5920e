/**
 * Constraints on the text of an answer: which tokens may come next, exactly, for a regular expression, a grammar or a
 * JSON Schema. Pure Java; knows no other room.
 *
 * <p>Start with {@link dev.llmadapt.local.constraint.CompiledConstraint}, which answers with the same constraint share,
 * and {@link dev.llmadapt.local.constraint.Matcher}, the state of one answer, over the
 * {@link dev.llmadapt.local.constraint.Vocabulary} of a tokenizer.
 *
 * <pre>{@code
 * CompiledConstraint constraint = CompiledConstraint.regex("[0-9]{4}-[0-9]{2}", vocabulary);
 * Matcher matcher = constraint.matcher();
 * long[] mask = new long[vocabulary.words()];
 * while (!matcher.mustEnd()) {
 *     matcher.mask(mask);
 *     matcher.accept(chosen(mask));
 * }
 * }</pre>
 *
 * <p>In the order data takes:
 *
 * <ul>
 *   <li><b>Expressions.</b> {@code Regexes} builds regular expressions over bytes with intersection and complement and
 *       takes their derivatives, which are the states of a deterministic automaton; one that leads nowhere is empty at
 *       once. {@code PatternParser} reads ECMA-262, {@code CharacterCode} writes characters as bytes, plain or within a
 *       JSON string, {@code Decimals} has the numbers up to a bound and the multiples of one.
 *   <li><b>Schemas.</b> {@code SchemaReader} turns the keywords of a JSON Schema into an {@code Expr}, in which
 *       negation stands nowhere, {@code SchemaSolver} solves it type by type: a number or a string is one expression,
 *       an array or an object one of several cases. {@code SchemaCompiler} makes a {@code Grammar} of the cases.
 *       {@code BuiltSchemas} does so for schemas of the builder, {@code GrammarCompiler} for GBNF.
 *   <li><b>Texts.</b> A {@code Grammar} has rules whose edges are terminals, which are expressions, and other rules;
 *       {@code StackAutomaton} reads a text on all of its ways at once and asks the grammar only where a terminal may
 *       end.
 *   <li><b>Masks.</b> {@code Insides} walks the {@code TokenTrie} of the vocabulary inside a terminal, once for all
 *       places where it stands; {@code Masks} goes on where the terminal may end within a token.
 * </ul>
 *
 * <p>The laws: a text may go on if and only if some text that fits begins so, byte by byte; a mask is what the bytes of
 * each token say; what cannot be kept exactly is refused when it is compiled, by keyword and place; and memory and time
 * are bounded, with a {@link dev.llmadapt.local.constraint.ConstraintException} beyond.
 */
@NullMarked
package dev.llmadapt.local.constraint;

import org.jspecify.annotations.NullMarked;
