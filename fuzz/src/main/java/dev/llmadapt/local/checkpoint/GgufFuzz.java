package dev.llmadapt.local.checkpoint;

import dev.llmadapt.fuzz.Probe;
import dev.llmadapt.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The fuzz target of a {@code .gguf} file: opened, every tensor read, the tokenizer built. */
public final class GgufFuzz {
    private static final Path FILE = Probe.folder("gguf").resolve("model.gguf");
    private static final Probe PROBE = new Probe(CheckpointException.class, 1_000_000, 100);

    private GgufFuzz() {}

    /** Runs the reader on one input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        Probe.write(FILE, data);
        PROBE.run(data.length, () -> {
            try (Checkpoint checkpoint = Checkpoint.open(FILE)) {
                for (WeightTensor tensor : checkpoint.tensors().values()) {
                    if (tensor.toFloats().length != tensor.size()) {
                        throw new AssertionError(tensor);
                    }
                }
                checkpoint.tokenizer();
            }
        });
    }

    static List<byte[]> seeds() {
        byte[] spm = CheckpointSeeds.gguf("llama")
                .text("tokenizer.ggml.model", "llama")
                .texts("tokenizer.ggml.tokens", List.of("<unk>", "a", "b", "ab"))
                .reals("tokenizer.ggml.scores", 0, 0, 0, 1)
                .numbers("tokenizer.ggml.token_type", 2, 1, 1, 1)
                .number("tokenizer.ggml.bos_token_id", 0)
                .text("tokenizer.chat_template", "{{ x }}")
                .tensor("token_embd.weight", 0, 64, 4, 4)
                .tensor("blk.0.attn_q.weight", 1, 32, 4, 4)
                .bytes();
        byte[] bpe = CheckpointSeeds.gguf("qwen2")
                .number("general.alignment", 32)
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "qwen2")
                .texts("tokenizer.ggml.tokens", List.of("a", "b", "ab", "<|end|>"))
                .texts("tokenizer.ggml.merges", List.of("a b"))
                .numbers("tokenizer.ggml.token_type", 1, 1, 1, 3)
                .number("tokenizer.ggml.eos_token_id", 3)
                .entry("tokenizer.ggml.add_bos_token", 7, new byte[] {1})
                .tensor("token_embd.weight", 8, 68, 32, 2)
                .tensor("blk.0.ffn_down.weight", 2, 36, 32, 2)
                .tensor("output_norm.weight", 0, 16, 4)
                .bytes();
        byte[] blocks = CheckpointSeeds.gguf("llama")
                .tensor("blk.0.attn_k.weight", 12, 144, 256, 1)
                .tensor("blk.0.attn_v.weight", 14, 210, 256, 1)
                .tensor("blk.0.ffn_up.weight", 3, 20, 32, 1)
                .tensor("rope_freqs.weight", 0, 4, 1)
                .bytes();
        return List.of(spm, bpe, blocks);
    }
}
