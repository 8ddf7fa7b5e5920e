package dev.llmadapt.local;

/**
 * What a model has to do, and the memory that it takes for keys and values; as of about now.
 *
 * @param waiting requests that wait for others to end
 * @param running requests that are answered or scored
 * @param maxBatch the most requests that run together; see {@link ModelOptions#maxBatch()}
 * @param keptTokens prompt tokens that the cache holds beside those of running requests: a prompt that begins with them
 *     is not read as far
 * @param cacheBytes the bytes that keys and values take
 * @param cacheMemory the most bytes that they may take; see {@link ModelOptions#cacheMemory()}
 */
public record ModelLoad(int waiting, int running, int maxBatch, int keptTokens, long cacheBytes, long cacheMemory) {}
