package dev.llmadapt.peft.folder;

import dev.llmadapt.local.adapter.LowRank;
import dev.llmadapt.local.checkpoint.WeightEncoding;
import dev.llmadapt.local.checkpoint.WeightTensor;
import dev.llmadapt.peft.folder.AdapterConfig.Lora;
import dev.llmadapt.peft.folder.AdapterConfig.Targets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Adapters that tests make up. */
public final class Stored {
    public static final StoredAdapter.Base NOWHERE =
            new StoredAdapter.Base(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private Stored() {}

    public static Targets targets(String... names) {
        return new Targets(List.of(names), Optional.empty(), Optional.empty(), List.of(), List.of());
    }

    public static Lora lora(int rank, double alpha, String... names) {
        return Lora.defaults().withRank(rank).withAlpha(alpha).withTargets(targets(names));
    }

    public static StoredAdapter of(AdapterConfig config, WeightTensor... tensors) {
        Map<String, WeightTensor> byKey = new LinkedHashMap<>();
        for (WeightTensor tensor : tensors) {
            byKey.put(tensor.name(), tensor);
        }
        return new StoredAdapter(config, NOWHERE, byKey);
    }

    public static WeightTensor tensor(String key, float[] values, long... shape) {
        ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return new WeightTensor(
                key, WeightEncoding.F32, Arrays.stream(shape).boxed().toList(), data, 0);
    }

    public static WeightTensor random(String key, Random random, long... shape) {
        int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return tensor(key, values, shape);
    }

    /** The update of every module, {@code scaling B A}, in double. */
    public static Map<String, double[][]> updates(StoredAdapter adapter) {
        LoraFactors factors = LoraFactors.of((Lora) adapter.config(), adapter.tensors());
        Map<String, double[][]> updates = new LinkedHashMap<>();
        factors.modules().forEach((path, update) -> updates.put(path, update(update)));
        return updates;
    }

    public static double[][] update(LowRank update) {
        double[][] product = new double[update.out()][update.in()];
        for (int o = 0; o < update.out(); o++) {
            for (int r = 0; r < update.rank(); r++) {
                for (int i = 0; i < update.in(); i++) {
                    product[o][i] +=
                            update.scaling() * update.b()[o * update.rank() + r] * update.a()[r * update.in() + i];
                }
            }
        }
        return product;
    }
}
