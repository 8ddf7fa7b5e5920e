/**
 * What models share that are asked through an interface of others, a server's or another library's: requests that it
 * cannot say are refused by name ({@link dev.llmadapt.remote.bridge.RequestRefusals}), answers are checked
 * ({@link dev.llmadapt.remote.bridge.AnswerCheck}), batches are asked by several threads
 * ({@link dev.llmadapt.remote.bridge.RequestBatch}).
 */
@NullMarked
package dev.llmadapt.remote.bridge;

import org.jspecify.annotations.NullMarked;
