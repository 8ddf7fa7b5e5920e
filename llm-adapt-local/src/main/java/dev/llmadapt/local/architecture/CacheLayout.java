package dev.llmadapt.local.architecture;

import java.util.ArrayList;
import java.util.List;

/**
 * The key-value cache of a decoder's graph: tensors {@code (batch, keyValueHeads, tokens, headDim)} that go in as the
 * past and come out as the present.
 *
 * @param layers what each layer calls them
 * @param keyValueHeads heads of keys and values
 * @param headDim the size of a head
 */
public record CacheLayout(List<Layer> layers, int keyValueHeads, int headDim) {
    /** The names of a layer's inputs and outputs. */
    public record Layer(String pastKey, String pastValue, String presentKey, String presentValue) {}

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
        return new CacheLayout(layers, graph.keyValueHeads(), graph.headDim());
    }

    /** Bytes of a token in one head. */
    public int headBytes() {
        return headDim * 4;
    }
}
