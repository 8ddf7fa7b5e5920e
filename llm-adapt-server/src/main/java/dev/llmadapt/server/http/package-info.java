/**
 * The seam to HTTP: {@link dev.llmadapt.server.http.Exchange}, {@link dev.llmadapt.server.http.Handler} and
 * {@link dev.llmadapt.server.http.Routes}, which know no server, and {@link dev.llmadapt.server.http.HttpEndpoint},
 * which serves them by the JDK's. Also who may ask ({@link dev.llmadapt.server.http.ApiKeys}) and how many at a time
 * ({@link dev.llmadapt.server.http.Admission}). Knows no model.
 */
@NullMarked
package dev.llmadapt.server.http;

import org.jspecify.annotations.NullMarked;
