/**
 * Models behind an HTTP interface like OpenAI's.
 *
 * <p>Start with {@link dev.llmadapt.remote.RemoteModel}, {@link dev.llmadapt.remote.RemoteOptions} and
 * {@link dev.llmadapt.remote.ServerFeatures}. In the order of a request: {@code ServerDiscovery} asks once what the
 * server can do, {@code RequestBodies} writes a request with {@code MessageJson} and {@code ConstraintJson} or refuses
 * it, {@code Service} sends it through {@code dev.llmadapt.remote.http}, {@code AnswerReader} reads the stream,
 * {@code ConstraintCheck} sees that the constraint was kept, and {@code AnswerFolder} keeps the answer. Scores are
 * {@code EchoScorer}'s or {@code TopTokenScorer}'s.
 */
@NullMarked
package dev.llmadapt.remote;

import org.jspecify.annotations.NullMarked;
