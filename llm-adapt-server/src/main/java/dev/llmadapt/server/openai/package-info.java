/**
 * The routes in the form of OpenAI's API: what is read of a request, how it is answered, and how the answer is written.
 * Start at {@link dev.llmadapt.server.openai.OpenAiRoutes}. Whatever a request says is honoured or refused with the
 * name of the parameter; parameters that are not known are ignored, as OpenAI's servers do.
 */
@NullMarked
package dev.llmadapt.server.openai;

import org.jspecify.annotations.NullMarked;
