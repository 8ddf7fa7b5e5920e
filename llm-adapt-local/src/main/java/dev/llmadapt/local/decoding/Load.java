package dev.llmadapt.local.decoding;

/**
 * What a decoder has to do.
 *
 * @param waiting requests that wait for a row
 * @param running requests that have a row
 * @param keptTokens prompt tokens that the cache holds beside those of running requests
 * @param cacheBytes the bytes of all rows
 */
public record Load(int waiting, int running, int keptTokens, long cacheBytes) {}
