package dev.llmadapt.rag;

import java.time.Instant;

/**
 * A text to retrieve from.
 *
 * @param id unique in its corpus
 * @param title what it is called, may be empty
 * @param text its words
 * @param source where it came from: a path or an address
 * @param time when it was last changed
 */
public record Document(String id, String title, String text, String source, Instant time) {}
