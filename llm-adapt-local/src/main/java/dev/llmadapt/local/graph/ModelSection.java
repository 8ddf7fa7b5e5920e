package dev.llmadapt.local.graph;

import java.util.Set;

/**
 * One of several models that run one after the other and compute together what one model does.
 *
 * @param model the section's nodes and weights
 * @param inputs the names of what a run is given: inputs of the whole, and what sections before pass
 * @param outputs the names of the outputs of the whole that it gives
 * @param passed the names of what it gives to sections behind alone
 */
public record ModelSection(OnnxModel model, Set<String> inputs, Set<String> outputs, Set<String> passed) {}
