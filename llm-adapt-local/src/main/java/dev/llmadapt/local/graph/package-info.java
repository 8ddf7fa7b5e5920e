/**
 * Computation graphs as plain Java values, and their ONNX form.
 *
 * <p>Start with {@link dev.llmadapt.local.graph.Graph}: it makes {@link dev.llmadapt.local.graph.Value}s (inputs,
 * weights, constants), and values make further values when operators are applied to them, so that building a graph
 * reads like the formula. An operator is a row of the table {@link dev.llmadapt.local.graph.Op}: its ONNX name, arity,
 * attributes and the rule that gives its results' types and shapes, so that a mismatch fails while building and names
 * both sides. {@link dev.llmadapt.local.graph.OnnxModel} writes the graph as the few protobuf messages ONNX Runtime
 * reads; weights stay outside it. {@link dev.llmadapt.local.graph.StoredModel} reads a model that somebody else wrote,
 * and edits it without touching what it does not know.
 */
@NullMarked
package dev.llmadapt.local.graph;

import org.jspecify.annotations.NullMarked;
