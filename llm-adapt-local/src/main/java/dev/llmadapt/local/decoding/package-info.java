/**
 * The way from a prompt's text to an answer's text, over a {@link dev.llmadapt.local.runtime.DecoderSession}.
 *
 * <p>In the order data takes: {@code PromptEncoder} lays a conversation out by the chat template and turns it into
 * token ids; {@code AnswerStarts} queues it with who chooses and who reads its tokens; {@code Scheduler} gives it a
 * slot, reads it and steps all slots together, a {@code Turn} at a time; {@code Sampler}, {@code ChoiceTrie} or
 * {@code ConstraintChooser} picks each token from the logits; {@code AnswerText} turns tokens back into text that never
 * splits a character and never shows a stop text. {@link dev.llmadapt.local.decoding.Decoder} is the whole path of a
 * request.
 *
 * <p>The law of prompts: the ids are those that transformers gives for the rendered template with the users' texts as
 * data. A special token counts only where the template wrote it; its text in a message has no special token's id and
 * changes no token around it. {@code TextTokenizer} keeps the law by encoding a text as one, under {@code SecretNames}
 * of special tokens, for every kind of vocabulary that the tokenizers library reads; training encodes by the same way.
 * Without a template a prompt begins with what the tokenizer puts before a text, and never with what it puts after one.
 */
@NullMarked
package dev.llmadapt.local.decoding;

import org.jspecify.annotations.NullMarked;
