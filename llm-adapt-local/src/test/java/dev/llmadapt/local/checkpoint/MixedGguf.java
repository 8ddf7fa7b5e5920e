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
    private static final Map<Encoding, int[][]> HALVES = Map.ofEntries(
            Map.entry(Encoding.Q4_0, new int[][] {{0, 6}}),
            Map.entry(Encoding.Q4_1, new int[][] {{0, 7}, {2, -4}}),
            Map.entry(Encoding.Q5_0, new int[][] {{0, 7}}),
            Map.entry(Encoding.Q5_1, new int[][] {{0, 8}, {2, -4}}),
            Map.entry(Encoding.Q8_0, new int[][] {{0, 10}}),
            Map.entry(Encoding.Q2_K, new int[][] {{80, 8}, {82, 8}}),
            Map.entry(Encoding.Q3_K, new int[][] {{108, 10}}),
            Map.entry(Encoding.Q4_K, new int[][] {{0, 13}, {2, 10}}),
            Map.entry(Encoding.Q5_K, new int[][] {{0, 14}, {2, 10}}),
            Map.entry(Encoding.Q6_K, new int[][] {{208, 14}}),
            Map.entry(Encoding.IQ4_NL, new int[][] {{0, 10}}),
            Map.entry(Encoding.IQ4_XS, new int[][] {{0, 14}}));

    private MixedGguf() {}

    /** Writes the file. */
    public static Path write(Path folder, long seed) {
        Random random = new Random(seed);
        GgufBuilder builder = new GgufBuilder()
                .put("general.architecture", "llama")
                .put("llama.block_count", 2)
                .put("llama.context_length", 64)
                .put("llama.embedding_length", WIDTH)
                .put("llama.feed_forward_length", WIDTH)
                .put("llama.attention.head_count", 4)
                .put("llama.attention.head_count_kv", 2)
                .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .put("llama.vocab_size", 64);
        float[] ones = new float[WIDTH];
        Arrays.fill(ones, 1);
        add(builder, "token_embd", 64, Encoding.Q6_K, random);
        builder.tensor("output_norm.weight", new long[] {WIDTH}, ones);
        List<List<Encoding>> layers = List.of(
                List.of(
                        Encoding.Q4_K,
                        Encoding.Q4_K,
                        Encoding.Q6_K,
                        Encoding.Q5_K,
                        Encoding.Q2_K,
                        Encoding.Q3_K,
                        Encoding.IQ4_XS),
                List.of(
                        Encoding.Q5_0,
                        Encoding.Q5_1,
                        Encoding.Q8_0,
                        Encoding.Q4_1,
                        Encoding.IQ4_NL,
                        Encoding.Q4_0,
                        Encoding.Q6_K));
        List<String> names = List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down");
        for (int layer = 0; layer < layers.size(); layer++) {
            String prefix = "blk." + layer + ".";
            builder.tensor(prefix + "attn_norm.weight", new long[] {WIDTH}, ones);
            builder.tensor(prefix + "ffn_norm.weight", new long[] {WIDTH}, ones);
            for (int i = 0; i < names.size(); i++) {
                boolean half = i == 1 || i == 2;
                add(
                        builder,
                        prefix + names.get(i),
                        half ? WIDTH / 2 : WIDTH,
                        layers.get(layer).get(i),
                        random);
            }
        }
        return builder.write(folder);
    }

    private static void add(GgufBuilder builder, String name, int rows, Encoding encoding, Random random) {
        byte[] blocks = new byte[(int) encoding.bytes((long) rows * WIDTH)];
        random.nextBytes(blocks);
        int[][] halves = Objects.requireNonNull(HALVES.get(encoding));
        for (int at = 0; at < blocks.length; at += encoding.bytesPerBlock()) {
            for (int[] half : halves) {
                blocks[at + half[0]] = 0;
                blocks[at + half[0] + 1] = (byte) (((15 - Math.abs(half[1])) << 2) | (half[1] < 0 ? 0x80 : 0));
            }
        }
        builder.stored(name + ".weight", new long[] {WIDTH, rows}, encoding.ggufType(), blocks);
    }
}
