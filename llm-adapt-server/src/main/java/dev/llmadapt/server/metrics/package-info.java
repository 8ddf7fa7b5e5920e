/** Counters and histograms of the server as text in the format of Prometheus; knows nothing of HTTP or models. */
@NullMarked
package dev.llmadapt.server.metrics;

import org.jspecify.annotations.NullMarked;
