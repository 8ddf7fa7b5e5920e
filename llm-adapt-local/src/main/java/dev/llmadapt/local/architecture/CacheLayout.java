package dev.llmadapt.local.architecture;

import dev.llmadapt.local.graph.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The key-value cache of a decoder's graph: tensors {@code (batch, keyValueHeads, tokens, headDim)} that go in as the
 * past and come out as the present.
 *
 * @param layers what each layer calls them
 * @param keyValueHeads heads of keys and values
 * @param headDim the size of a head
 * @param dtype the type of its numbers
 * @param scales the steps of numbers of 8 bits, empty for floats
 */
public record CacheLayout(
        List<Layer> layers, int keyValueHeads, int headDim, ElementType dtype, Optional<CacheScales> scales) {
    /** The names of a layer's inputs and outputs. */
    public record Layer(String pastKey, String pastValue, String presentKey, String presentValue) {}

    /** Floats. */
    public CacheLayout(List<Layer> layers, int keyValueHeads, int headDim, ElementType dtype) {
        this(layers, keyValueHeads, headDim, dtype, Optional.empty());
    }

    /** Copies. */
    public CacheLayout {
        layers = List.copyOf(layers);
    }

    /** That of a graph of our own. */
    public static CacheLayout of(DecoderGraph graph) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < graph.layers(); i++) {
            layers.add(new Layer(
                    DecoderGraph.pastKey(i),
                    DecoderGraph.pastValue(i),
                    DecoderGraph.presentKey(i),
                    DecoderGraph.presentValue(i)));
        }
        return new CacheLayout(
                layers,
                graph.keyValueHeads(),
                graph.headDim(),
                graph.cacheScales().isPresent() ? ElementType.INT8 : graph.dtype(),
                graph.cacheScales());
    }

    /** Bytes of a token in one head. */
    public int headBytes() {
        return headDim * dtype.bytes();
    }
}
