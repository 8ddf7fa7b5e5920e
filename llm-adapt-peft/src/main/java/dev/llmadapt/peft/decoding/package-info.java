/**
 * From a prompt's text to an answer's text, over a {@link dev.llmadapt.peft.runtime.DecoderSession}.
 *
 * <p>In the order data takes: {@code PromptEncoder} lays a conversation out by the chat template and turns it into token
 * ids; {@link dev.llmadapt.peft.decoding.Scheduler} gives it a slot, reads it and steps all slots together;
 * {@code Sampler} or {@code ChoiceTrie} picks each token from the logits; {@code AnswerText} turns tokens back into text
 * that never splits a character and never shows a stop text. {@link dev.llmadapt.peft.decoding.Decoder} is the whole walk.
 */
@NullMarked
package dev.llmadapt.peft.decoding;

import org.jspecify.annotations.NullMarked;
