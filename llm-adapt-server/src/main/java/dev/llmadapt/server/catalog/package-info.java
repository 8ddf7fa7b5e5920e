/**
 * The models that a server answers with, by name. Start at {@link dev.llmadapt.server.catalog.ServedModels}; knows
 * nothing of HTTP.
 */
@NullMarked
package dev.llmadapt.server.catalog;

import org.jspecify.annotations.NullMarked;
