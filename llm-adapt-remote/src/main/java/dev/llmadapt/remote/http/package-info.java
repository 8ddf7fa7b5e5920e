/**
 * HTTP to one server: retries, limits on what goes on at once, whole answers and streams of events. It knows nothing of
 * language models.
 *
 * <p>Start with {@link dev.llmadapt.remote.http.Transport}. {@code BodyStream} hands a body over as it comes,
 * {@code EventStream} reads events from it, {@code RetryRules} says what is tried again and when, {@code RateLimit}
 * spaces requests.
 */
@NullMarked
package dev.llmadapt.remote.http;

import org.jspecify.annotations.NullMarked;
