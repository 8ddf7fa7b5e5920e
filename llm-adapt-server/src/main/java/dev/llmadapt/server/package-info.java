/**
 * A server with the routes of OpenAI's API over models of this library.
 *
 * <p>Start at {@link dev.llmadapt.server.ModelServer}. {@link dev.llmadapt.server.catalog.ServedModels} holds what it
 * answers with, {@link dev.llmadapt.server.ServerOptions} how. A program with an HTTP server of its own mounts
 * {@link dev.llmadapt.server.ModelService} there.
 */
@NullMarked
package dev.llmadapt.server;

import org.jspecify.annotations.NullMarked;
