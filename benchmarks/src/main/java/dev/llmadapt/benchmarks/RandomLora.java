package dev.llmadapt.benchmarks;

import dev.llmadapt.local.adapter.BaseModules;
import dev.llmadapt.local.adapter.PreparedAdapter;
import dev.llmadapt.local.checkpoint.Checkpoint;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterConfig;
import dev.llmadapt.peft.folder.StoredAdapter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A LoRA adapter with random factors on every linear layer of every block. */
final class RandomLora {
    private RandomLora() {}

    static StoredAdapter stored(Checkpoint base, int rank, int seed) {
        Random random = new Random(seed);
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        base.tensors().forEach((name, weight) -> {
            if (name.endsWith("_proj.weight")) {
                String module = name.substring(0, name.lastIndexOf('.'));
                add(tensors, module + ".lora_A.weight", random, rank, weight.rowLength());
                add(tensors, module + ".lora_B.weight", random, weight.rows(), rank);
            }
        });
        AdapterConfig.Lora config = AdapterConfig.Lora.defaults().withRank(rank).withAlpha(rank);
        return new StoredAdapter(config, StoredAdapter.Base.unknown(), tensors);
    }

    static PreparedAdapter ready(Checkpoint base, int rank, int seed) {
        String name = "adapter-" + seed;
        return PreparedAdapter.of(
                name,
                stored(base, rank, seed).effect(name, BaseModules.of(base)),
                base,
                seed,
                base.config().vocabularySize());
    }

    private static void add(Map<String, WeightTensor> tensors, String name, Random random, long rows, long columns) {
        ByteBuffer data =
                ByteBuffer.allocate(Math.toIntExact(rows * columns * 4)).order(ByteOrder.LITTLE_ENDIAN);
        while (data.hasRemaining()) {
            data.putFloat((float) (0.01 * random.nextGaussian()));
        }
        tensors.put(name, new WeightTensor(name, WeightEncoding.F32, List.of(rows, columns), data.flip(), 0));
    }
}
