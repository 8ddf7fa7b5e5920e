package dev.llmadapt;

/**
 * A piece of a document.
 *
 * @param id unique in its corpus
 * @param title what the document is called, may be empty
 * @param text its words
 * @param score how well it fits a query, larger is better; 0 outside a search
 */
public record Passage(String id, String title, String text, double score) {}
