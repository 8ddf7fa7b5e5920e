package dev.llmadapt.local.checkpoint;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** A random Llama of two blocks whose matrices are stored in every quantised encoding, as mixes of K-quants are. */
public final class MixedGguf {
    private static final int WIDTH = 256;

    /** Where in a block 16-bit floats stand, and the (negative) exponent of the power of two to put there. */
    private static final Map<WeightEncoding, int[][]> HALVES = Map.ofEntries(
            Map.entry(WeightEncoding.Q4_0, new int[][] {{0, 6}}),
            Map.entry(WeightEncoding.Q4_1, new int[][] {{0, 7}, {2, -4}}),
            Map.entry(WeightEncoding.Q5_0, new int[][] {{0, 7}}),
            Map.entry(WeightEncoding.Q5_1, new int[][] {{0, 8}, {2, -4}}),
            Map.entry(WeightEncoding.Q8_0, new int[][] {{0, 10}}),
            Map.entry(WeightEncoding.Q2_K, new int[][] {{80, 8}, {82, 8}}),
            Map.entry(WeightEncoding.Q3_K, new int[][] {{108, 10}}),
            Map.entry(WeightEncoding.Q4_K, new int[][] {{0, 13}, {2, 10}}),
            Map.entry(WeightEncoding.Q5_K, new int[][] {{0, 14}, {2, 10}}),
            Map.entry(WeightEncoding.Q6_K, new int[][] {{208, 14}}),
            Map.entry(WeightEncoding.IQ4_NL, new int[][] {{0, 10}}),
            Map.entry(WeightEncoding.IQ4_XS, new int[][] {{0, 14}}));

    private MixedGguf() {}

    /** Writes the file. */
    public static Path write(Path folder, long seed) {
        return write(folder, seed, WIDTH, List.of(WeightEncoding.IQ4_XS, WeightEncoding.Q6_K));
    }

    /**
     * Writes the file.
     *
     * @param feedForward the inner size of the feed-forward part, a multiple of 256
     * @param down the encodings of the projections back from it
     */
    public static Path write(Path folder, long seed, int feedForward, List<WeightEncoding> down) {
        Random random = new Random(seed);
        GgufBuilder builder = new GgufBuilder()
                .put("general.architecture", "llama")
                .put("llama.block_count", 2)
                .put("llama.context_length", 64)
                .put("llama.embedding_length", WIDTH)
                .put("llama.feed_forward_length", feedForward)
                .put("llama.attention.head_count", 4)
                .put("llama.attention.head_count_kv", 2)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("llama.vocab_size", 64);
        float[] ones = new float[WIDTH];
        Arrays.fill(ones, 1);
        add(builder, "token_embd", 64, WIDTH, WeightEncoding.Q6_K, random);
        builder.tensor("output_norm.weight", new long[] {WIDTH}, ones);
        List<List<WeightEncoding>> layers = List.of(
                List.of(
                        WeightEncoding.Q4_K,
                        WeightEncoding.Q4_K,
                        WeightEncoding.Q6_K,
                        WeightEncoding.Q5_K,
                        WeightEncoding.Q2_K,
                        WeightEncoding.Q3_K,
                        down.get(0)),
                List.of(
                        WeightEncoding.Q5_0,
                        WeightEncoding.Q5_1,
                        WeightEncoding.Q8_0,
                        WeightEncoding.Q4_1,
                        WeightEncoding.IQ4_NL,
                        WeightEncoding.Q4_0,
                        down.get(1)));
        List<String> names = List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down");
        for (int layer = 0; layer < layers.size(); layer++) {
            String prefix = "blk." + layer + ".";
            builder.tensor(prefix + "attn_norm.weight", new long[] {WIDTH}, ones);
            builder.tensor(prefix + "ffn_norm.weight", new long[] {WIDTH}, ones);
            for (int i = 0; i < names.size(); i++) {
                int rows = i == 1 || i == 2 ? WIDTH / 2 : i == 4 || i == 5 ? feedForward : WIDTH;
                add(
                        builder,
                        prefix + names.get(i),
                        rows,
                        i == 6 ? feedForward : WIDTH,
                        layers.get(layer).get(i),
                        random);
            }
        }
        return builder.write(folder);
    }

    private static void add(
            GgufBuilder builder, String name, int rows, int columns, WeightEncoding encoding, Random random) {
        byte[] blocks = new byte[(int) encoding.bytes((long) rows * columns)];
        random.nextBytes(blocks);
        int[][] halves = Objects.requireNonNull(HALVES.get(encoding));
        for (int at = 0; at < blocks.length; at += encoding.bytesPerBlock()) {
            for (int[] half : halves) {
                blocks[at + half[0]] = 0;
                blocks[at + half[0] + 1] = (byte) (((15 - Math.abs(half[1])) << 2) | (half[1] < 0 ? 0x80 : 0));
            }
        }
        builder.stored(name + ".weight", new long[] {columns, rows}, encoding.ggufType(), blocks);
    }
}
